// Memory of the functions, and the sizes of what is shipped.
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { programs } from "../../../build/programs.ts";
import type { Job } from "../../../functions/lib/core/kubernetes.ts";
import { functionNames } from "../../cluster/harness/deployed-env.ts";
import { type FunctionProcess, startFunction } from "../../cluster/harness/function-process.ts";
import { requestOfChange, requestOfEvent, requestOfSweep } from "../../doubles/requests.ts";
import { type Doubles, isReleased, openDoubles } from "../harness/doubles.ts";
import { trigger } from "../harness/place.ts";
import { deliver, makePost } from "../harness/post.ts";
import { memoryOf } from "../harness/process.ts";
import type { Bench, Measure, Row } from "../measure.ts";
import { plainRow } from "../row.ts";

const openRuns = 500;
const events = 10_000;
const rounds = 3;

export const memory: Measure = {
  about: `resident memory at the start, with ${openRuns} open runs and after ${events} events; sizes`,
  run: async (bench) => {
    const rows: Row[] = [];
    const [starts, open, after] = [[] as Pair[], [] as Pair[], [] as Pair[]];
    for (let round = 0; round < rounds; round++) {
      bench.say(`memory, ${round + 1} of ${rounds}`);
      const measured = await measureOnce(bench);
      starts.push(measured.start);
      open.push(measured.open);
      after.push(measured.after);
    }
    for (const [index, name] of functionNames.entries()) {
      const of = (pairs: readonly Pair[]) => pairs.map((pair) => pair[index] ?? 0);
      rows.push(plainRow({ name: `${name} at its start`, unit: "MiB", values: of(starts) }));
      rows.push(
        plainRow({ name: `  with ${openRuns} open runs`, unit: "MiB", values: of(open), bound: { most: 150 } }),
      );
      const row = { name: `  after ${events} events`, unit: "MiB", values: of(after), bound: { most: 80 } } as const;
      rows.push(plainRow({ ...row, column: `MiB, ${name}` }));
    }
    return [...rows, ...sizes(bench)];
  },
};

/** start-job, finish-task. */
type Pair = readonly [number, number];

const measureOnce = async (bench: Bench) => {
  const { start, open } = await withFunctions(bench, measureOpenRuns);
  return { start, open, after: await withFunctions(bench, measureEvents) };
};

interface Running {
  readonly doubles: Doubles;
  readonly startJob: FunctionProcess;
  readonly finishTask: FunctionProcess;
  /** What they have now. */
  now(): Pair;
}

/** In processes of their own. */
const withFunctions = async <T>({ dist }: Bench, use: (running: Running) => Promise<T>): Promise<T> => {
  const doubles = await openDoubles(dist);
  doubles.kubernetes.fateOf = () => ({ afterMs: 3_600_000 });
  const [startJob, finishTask] = await Promise.all(functionNames.map((name) => startFunction(name, doubles.env, dist)));
  if (!startJob || !finishTask) throw new Error("no functions");
  const now = (): Pair => [memoryOf(startJob.pid()).now, memoryOf(finishTask.pid()).now];
  try {
    return await use({ doubles, startJob, finishTask, now });
  } finally {
    await Promise.all([startJob.stop(), finishTask.stop()]);
    await doubles.close();
  }
};

/** All at once, and then a sweep, which reads them all. */
const measureOpenRuns = async ({ doubles, startJob, finishTask, now }: Running) => {
  const start = now();
  await startRuns(doubles, startJob, openRuns);
  await deliver(makePost(finishTask.url), requestOfSweep());
  return { start, open: now() };
};

const measureEvents = async ({ doubles, startJob, finishTask, now }: Running): Promise<Pair> => {
  const job = await startRuns(doubles, startJob, 1);
  await Promise.all([
    send(startJob, () => requestOfEvent({ ...doubles.keptn.trigger({ type: foreign, source: "others" }) })),
    send(finishTask, () => requestOfChange("update", job)),
  ]);
  return now();
};

/** Of a service with a job config, in which no action is for it: what most events are. */
const foreign = "sh.keptn.event.release.triggered";

/** @returns one of the Jobs */
const startRuns = async (doubles: Doubles, startJob: FunctionProcess, count: number): Promise<Job> => {
  const post = makePost(startJob.url);
  const triggered = Array.from({ length: count }, () => trigger(doubles));
  const released = doubles.jobOf(triggered[0]!.event, isReleased);
  await Promise.all(triggered.map(({ request }) => deliver(post, request)));
  return released;
};

const sideBySide = 10;

const send = async ({ url }: FunctionProcess, make: () => ReturnType<typeof requestOfEvent>): Promise<void> => {
  const post = makePost(url);
  const lane = async (): Promise<void> => {
    for (let n = 0; n < events / sideBySide; n++) await deliver(post, make());
  };
  await Promise.all(Array.from({ length: sideBySide }, lane));
};

const sizes = ({ dist }: Bench): Row[] => {
  const sizeOf = (file: string): number => statSync(join(dist, file)).size / 1e6;
  const all = readdirSync(dist).reduce((sum, file) => sum + sizeOf(file), 0);
  const bundles = Object.keys(programs).map((name) =>
    plainRow({ name: `  bundle of ${name}`, unit: "MB", values: [sizeOf(`${name}.cjs`)], bound: { most: 2 } }),
  );
  const row = { name: "image without Node", unit: "MB", values: [all], bound: { most: 60 } } as const;
  return [plainRow({ ...row, column: "image, MB" }), ...bundles];
};
