// Throughput: how fast many runs at once come to their ends, what each of them asks for, and how much memory they take together.
import { startKubelet } from "../../cluster/harness/kubelet.ts";
import { makeRandom } from "../../cluster/harness/random.ts";
import { noCluster } from "../../cluster/namespace.ts";
import { runAtOnce, type Site } from "../harness/at-once.ts";
import { openCluster } from "../harness/cluster.ts";
import { openDoubles } from "../harness/doubles.ts";
import { runJobsAlone } from "../harness/jobs-alone.ts";
import { countKinds, startRecording } from "../harness/rehearsal.ts";
import { watchDoubles } from "../harness/source.ts";
import { watchCluster } from "../harness/watch-cluster.ts";
import type { Bench, Measure, Row } from "../measure.ts";
import { plainRow, timesRow } from "../row.ts";

const runs = 500;

/** JES's client: rest.Config without QPS, of client-go's default (JES: pkg/k8sutils/connect.go). A run takes it four calls at least. */
const jesCallsPerSecond = 5;
const jesCallsPerRun = 4;
/** Of start-job, to Kubernetes, for each run: the Job, its release, two notes (test/lib/run/calls.test.ts). */
const callsToRelease = 4;

export const throughput: Measure = {
  about: `${runs} runs at once, from their events to the last .finished`,
  run: async (bench) => {
    const doubles = await openDoubles(bench.dist);
    const rows = await measure(bench, { place: doubles, watch: watchDoubles(doubles.kubernetes) }, { rounds: 3 });
    await doubles.close();
    if (noCluster) {
      bench.say(`throughput on a real API server is left out: ${noCluster}`);
      return rows;
    }
    const cluster = await openCluster();
    const kubelet = startKubelet(cluster.api, cluster.namespace, { random: makeRandom(1), runMs: 1 });
    try {
      bench.say(`${runs} Jobs by themselves, ${cluster.name}`);
      const floor = { name: "the Jobs by themselves", values: [runs / (await runJobsAlone(cluster, runs))] };
      return [
        ...rows,
        ...(await measure(bench, { place: cluster, watch: await watchCluster(cluster) }, { rounds: 1, floor })),
      ];
    } finally {
      await kubelet.stop();
      await cluster.close();
    }
  },
};

interface How {
  readonly rounds: number;
  /** Where Kubernetes itself is slower than we are: runs a second without us. */
  readonly floor?: { readonly name: string; readonly values: readonly number[] };
}

const measure = async (bench: Bench, site: Site, { rounds, floor }: How): Promise<Row[]> => {
  const { name } = site.place;
  bench.say(`calls of one run, and of each of ${runs}, ${name}`);
  const [one, each] = [await countCalls(bench, site, 1), await countCalls(bench, site, runs)];
  const taken = [];
  for (let round = 0; round < rounds; round++) {
    bench.say(`${runs} runs at once, ${name}, ${round + 1} of ${rounds}`);
    taken.push(await runAtOnce(bench, site, { runs }));
  }
  const rates = taken.map(({ seconds }) => runs / seconds);
  const jes = { name: "JES at most", values: rates.map(() => jesCallsPerSecond / jesCallsPerRun) };
  const limit = { name: "JES's limit", values: rates.map(() => jesCallsPerSecond) };
  const calls = rates.map((rate) => rate * totalOf(one, "kubernetes"));
  const starts = taken.map(({ releasedSeconds }) => (runs / releasedSeconds) * callsToRelease);
  const bound = { bound: { least: 20 } };
  const memory = (program: string, values: readonly number[]): Row =>
    plainRow({ name: `  peak memory of ${program}`, unit: "MiB", values, bound: { most: 150 } });
  return [
    timesRow({ name: `runs at once, ${name}`, unit: "runs/s", values: rates, column: `runs/s, ${name}` }, jes),
    ...(floor ? [timesRow({ name: "", unit: "runs/s", values: rates }, floor)] : []),
    // How soon Jobs end is the Job controller's on a real API server: the floor says how fast it is without us.
    timesRow({ name: "  calls to Kubernetes", unit: "calls/s", values: calls, ...(floor ? {} : bound) }, limit),
    timesRow({ name: "  until all are released", unit: "calls/s", values: starts, ...bound }, limit),
    memory("start-job", taken.map(({ startJobMiB }) => startJobMiB)), // biome-ignore format: one a line
    memory("finish-task", taken.map(({ finishTaskMiB }) => finishTaskMiB)), // biome-ignore format: one a line
    ...["kubernetes", "keptn"].map((server) => {
      const name = `  ${server} calls per run`;
      const row = { name, unit: "calls", values: [totalOf(each, server)], bound: { most: 1 } } as const;
      return timesRow(row, { name: "of one alone", values: [totalOf(one, server)] });
    }),
    ...Object.entries(each).map(([kind, count]) => plainRow({ name: `    ${kind}`, unit: "calls", values: [count] })),
  ];
};

type Calls = Readonly<Record<string, number>>;

/** Per run, by kind. */
const countCalls = async (bench: Bench, site: Site, count: number): Promise<Calls> => {
  const recording = await startRecording(bench, site.place);
  // A sweep looks at every open run: that is so often a minute, not so often a run.
  await runAtOnce(bench, site, { runs: count, env: recording.env, sweepMs: 600_000 });
  const counts = Object.entries(countKinds(await recording.end()));
  return Object.fromEntries(counts.map(([kind, calls]) => [kind, calls / count]));
};

const totalOf = (calls: Calls, server: string): number =>
  Object.entries(calls).reduce((sum, [kind, count]) => sum + (kind.startsWith(server) ? count : 0), 0);
