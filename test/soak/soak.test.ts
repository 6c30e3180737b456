// Thousands of runs on a real API server while both functions are killed every few seconds: none is lost, none is answered twice,
// nothing is left behind, and nothing grows.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { label } from "../../functions/lib/core/annotations/annotations.ts";
import type { KeptnEvent } from "../../functions/lib/core/event/keptn-event.ts";
import type { Job } from "../../functions/lib/core/kubernetes.ts";
import { spreadOf } from "../bench/statistics.ts";
import { type Chaos, knowsTimers, startChaos, timerExists } from "../cluster/harness/chaos.ts";
import { forNoNode, type Kubelet, startKubelet } from "../cluster/harness/kubelet.ts";
import { makeRandom } from "../cluster/harness/random.ts";
import { openWorld, type TestWorld, until } from "../cluster/harness/world.ts";
import { noCluster } from "../cluster/namespace.ts";
import { quarters, type Samples, sampleMemory } from "./memory-samples.ts";

const task = (name: string, command = "true"): string =>
  `{name: ${name}, image: example.org/none:1, cmd: ["${command}"], ttlSecondsAfterFinished: 0, ${forNoNode}}`;

const config = `apiVersion: v2
actions:
  - {name: one, events: [{name: "^sh.keptn.event.one.triggered$"}], tasks: [${task("a")}]}
  - {name: two, events: [{name: "^sh.keptn.event.two.triggered$"}], tasks: [${task("a")}, ${task("b")}]}
  - {name: failing, events: [{name: "^sh.keptn.event.failing.triggered$"}], tasks: [${task("a", "false")}, ${task("b")}]}
`;
const kinds = ["one", "one", "one", "two", "failing"] as const;

const runs = Number(process.env["SOAK_RUNS"] ?? 2000);
const seed = Number(process.env["TEST_SEED"] ?? Math.floor(Math.random() * 1e9));
const sideBySide = 12;

describe(`${runs} runs with functions that are killed (seed ${seed})`, { skip: noCluster }, () => {
  const random = makeRandom(seed);
  let [world, kubelet, chaos]: [TestWorld?, Kubelet?, Chaos?] = [];
  let memory: Readonly<Record<"start-job" | "finish-task", Samples>> | undefined;
  before(async () => {
    world = await openWorld({
      unreliability: { random, lost: 0.01, doubled: 0.01, lateMs: 200 },
      settings: {
        ...{ CLAIM_LEASE_SECONDS: "9", KEPTN_RETRY_SECONDS: "2", API_PROXY_HTTP_TIMEOUT: "1" },
        ...{ CREATE_GRACE_SECONDS: "60", WATCH_IDLE_SECONDS: "30", LOG_LEVEL: "info" },
      },
    });
    world.configure(config);
    kubelet = startKubelet(world.namespace.api, world.namespace.name, { random, runMs: 500 });
    chaos = startChaos(world, { random, killMs: 4000, sweepMs: 3000 });
    memory = { "start-job": sampleMemory(world.startJob, 500), "finish-task": sampleMemory(world.finishTask, 500) };
  });
  after(async () => {
    await Promise.all(Object.values(memory ?? {}).map((samples) => samples.stop()));
    await chaos?.stop();
    await kubelet?.stop();
    await world?.close();
  });

  const runOne = async (): Promise<void> => {
    assert.ok(world);
    const kind = random.pick(kinds);
    const { event, status } = await world.run(`sh.keptn.event.${kind}.triggered`);
    assert.equal(status, 204, storyOf(world, event));
    const isEnded = () => world?.keptn.counts(event.id)?.state === "complete";
    await until(`the end of ${kind} ${event.id}`, isEnded, 300).catch((fault) => {
      throw new Error(`${fault.message}\n${storyOf(world!, event)}`);
    });
    const { started, finished, result } = world.keptn.counts(event.id) ?? {};
    const answer = { started, finished, result: result?.result };
    assert.deepEqual(
      answer,
      { started: 1, finished: 1, result: kind === "failing" ? "fail" : "pass" },
      storyOf(world, event),
    );
  };

  test("each is answered once, as it went", async () => {
    const beganMs = performance.now();
    let [begun, ended, toldMs] = [0, 0, 0];
    const lane = async (): Promise<void> => {
      while (begun < runs) {
        begun += 1;
        await runOne();
        ended += 1;
        if (performance.now() - toldMs > 10_000 || ended === runs) {
          toldMs = performance.now();
          process.stderr.write(
            `${ended} runs in ${((toldMs - beganMs) / 1000).toFixed(0)} s, ${chaos?.kills} kills, ${memoryText(memory)}\n`,
          );
        }
      }
    };
    await Promise.all(Array.from({ length: sideBySide }, lane));
    assert.equal(ended, runs);
    assert.ok(chaos && chaos.kills > 0);
  });

  test("no Job is left that waits, runs or is held", async () => {
    let left: Job[] = [];
    const isNothingLeft = async () => {
      left = (await jobsIn(world!)).filter((job) => !isLetGo(job));
      return left.length === 0;
    };
    await until("all are let go", isNothingLeft, 180).catch((fault) => {
      throw new Error(`${fault.message}: ${left.map(({ metadata }) => metadata?.name).join()}`);
    });
  });

  test("no timer is left", async (t) => {
    assert.ok(world);
    if (!(await knowsTimers(world))) return t.skip("this cluster knows no PingSource");
    await until("the timer is gone", async () => !(await timerExists(world!)), 240);
  });

  test("the last processes take no more memory than the first ones", () => {
    for (const [name, { values }] of Object.entries(memory ?? {})) {
      const { first, last } = quarters(values);
      console.log(
        `# ${name}: ${first.toFixed(0)} MiB in the first quarter, ${last.toFixed(0)} in the last, ${Math.max(...values).toFixed(0)} at most`,
      );
      assert.ok(last < first * 1.25 + 5, `${name} grew from ${first} to ${last} MiB`);
    }
  });
});

const memoryText = (memory: Readonly<Record<string, Samples>> | undefined): string =>
  Object.entries(memory ?? {})
    .map(([name, { values }]) => `${name} ${spreadOf(values.slice(-20)).median.toFixed(0)} MiB`)
    .join(", ");

const jobsIn = async ({ namespace }: TestWorld): Promise<Job[]> => {
  const path = `/apis/batch/v1/namespaces/${namespace.name}/jobs`;
  return (await namespace.api.call<{ items: Job[] }>({ method: "GET", path })).body.items;
};

const isLetGo = ({ metadata, spec }: Job): boolean =>
  metadata?.labels?.[label.state] === "reported" &&
  !metadata.finalizers?.length &&
  spec?.ttlSecondsAfterFinished !== undefined;

/** What both functions and Keptn know of an event. */
const storyOf = ({ startJob, finishTask, keptn }: TestWorld, { id }: KeptnEvent): string => {
  const said = [...startJob.lines, ...finishTask.lines].filter((line) => line.includes(id)).sort();
  const received = keptn.plane.received.filter(({ triggeredid }) => triggeredid === id);
  return [JSON.stringify(keptn.counts(id)), ...said, ...received.map((event) => JSON.stringify(event))].join("\n");
};
