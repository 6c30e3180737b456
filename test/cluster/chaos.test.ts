// Functions are killed and calls fail at any moment: no run is lost, and none runs twice.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { jobNameOf, label, runIdOf } from "../../functions/lib/core/annotations/annotations.ts";
import type { KeptnEvent } from "../../functions/lib/core/event/keptn-event.ts";
import { type Chaos, knowsTimers, startChaos, timerExists } from "./harness/chaos.ts";
import { type FaultyApi, startFaultyApi } from "./harness/faulty-api.ts";
import { forNoNode, type Kubelet, startKubelet } from "./harness/kubelet.ts";
import { makeRandom } from "./harness/random.ts";
import { openWorld, type TestWorld, until } from "./harness/world.ts";
import { noCluster } from "./namespace.ts";

const task = (name: string, command = "true"): string =>
  `{name: ${name}, image: example.org/none:1, cmd: ["${command}"], ${forNoNode}}`;

/** One action for each number of tasks, and one whose second task fails. */
const config = `apiVersion: v2
actions:
  - {name: one, events: [{name: "^sh.keptn.event.one.triggered$"}], tasks: [${task("a")}]}
  - {name: two, events: [{name: "^sh.keptn.event.two.triggered$"}], tasks: [${task("a")}, ${task("b")}]}
  - {name: three, events: [{name: "^sh.keptn.event.three.triggered$"}], tasks: [${task("a")}, ${task("b")}, ${task("c")}]}
  - {name: failing, events: [{name: "^sh.keptn.event.failing.triggered$"}], tasks: [${task("a")}, ${task("b", "false")}, ${task("c")}]}
`;
const tasksOf = { one: 1, two: 2, three: 3, failing: 2 } as const;
type Kind = keyof typeof tasksOf;

const runs = Number(process.env["CHAOS_RUNS"] ?? 200);
const seed = Number(process.env["TEST_SEED"] ?? Math.floor(Math.random() * 1e9));

describe(`${runs} runs in chaos (seed ${seed})`, { skip: noCluster }, () => {
  const random = makeRandom(seed);
  let [world, api, kubelet, chaos]: [TestWorld?, FaultyApi?, Kubelet?, Chaos?] = [];
  before(async () => {
    api = await startFaultyApi({ random, refused: 0.01, cut: 0.02 });
    world = await openWorld({
      unreliability: { random, lost: 0.2, doubled: 0.2, lateMs: 2000 },
      settings: {
        KUBECONFIG: api.kubeconfig,
        CLAIM_LEASE_SECONDS: "9",
        KEPTN_RETRY_SECONDS: "2",
        API_PROXY_HTTP_TIMEOUT: "1",
        ...{ CREATE_GRACE_SECONDS: "60", WATCH_IDLE_SECONDS: "30" }, // what wakes us goes sooner
      },
    });
    world.configure(config);
    kubelet = startKubelet(world.namespace.api, world.namespace.name, { random, runMs: 1500 });
    chaos = startChaos(world, { random, killMs: 4000, faultMs: 300, sweepMs: 3000 });
  });
  after(async () => {
    await chaos?.stop();
    await kubelet?.stop();
    await world?.close();
    await api?.close();
  });

  const isEnded = (event: KeptnEvent): boolean => world?.keptn.counts(event.id)?.state === "complete";

  const runOne = async (): Promise<{ event: KeptnEvent; kind: Kind }> => {
    assert.ok(world);
    const kind = random.pick<Kind>(["one", "two", "three", "failing"]);
    const { event, status } = await world.run(`sh.keptn.event.${kind}.triggered`, {
      heardAfterMs: random.chance(0.1) ? 1000 : 0,
    });
    assert.equal(status, 204, storyOf(world, event));
    await until(`the end of ${kind} ${event.id}`, () => isEnded(event), 300).catch((fault) => {
      throw new Error(`${fault.message}\n${storyOf(world!, event)}`);
    });
    return { event, kind };
  };

  test("each is reported as Keptn counts it, runs its tasks once and in order, and leaves nothing behind", async () => {
    assert.ok(world && kubelet && chaos);
    const { keptn } = world;
    const ended: Awaited<ReturnType<typeof runOne>>[] = [];
    const lanes = Array.from({ length: 20 }, async (_, lane) => {
      for (let n = lane; n < runs; n += 20) ended.push(await runOne());
    });
    await Promise.all(lanes);
    let onceFinished = 0;
    for (const { event, kind } of ended) {
      const { started, finished, result } = keptn.counts(event.id) ?? {};
      assert.equal(started, 1, `${kind} ${event.id}: ${started} started events were counted`);
      assert.ok(finished && finished >= 1);
      assert.equal(result?.result, kind === "failing" ? "fail" : "pass", `${kind} ${event.id}`);
      const sent = keptn.plane.received.filter((e) => e.triggeredid === event.id && e.type.endsWith(".finished"));
      if (sent.length === 1) onceFinished += 1;
      const names = Array.from({ length: tasksOf[kind] }, (_, i) => jobNameOf(runIdOf(event.id, 0), i));
      assert.deepEqual(
        kubelet.ran.filter((name) => name.includes(names[0]?.slice(0, -4) ?? "?")),
        names,
      );
    }
    console.log(
      `# ${ended.length} runs, ${chaos.kills} kills, ${chaos.sweeps} sweeps; exactly one finished event in ${onceFinished}`,
    );
    assert.ok(onceFinished >= 0.99 * ended.length, `only ${onceFinished} of ${ended.length} had one finished event`);
    for (const { event } of ended)
      await until(`${event.id} let go`, async () => (await world!.jobsOf(event)).every(isLetGo));
  });

  test("the timer is removed when no run is open", async (t) => {
    assert.ok(world);
    if (!(await knowsTimers(world))) return t.skip("this cluster knows no PingSource");
    await until("the timer is gone", async () => !(await timerExists(world!)), 180);
  });
});

/** What both functions and Keptn know of an event. */
const storyOf = ({ startJob, finishTask, keptn }: TestWorld, { id }: KeptnEvent): string => {
  const said = [...startJob.lines, ...finishTask.lines].filter((line) => line.includes(id)).sort();
  const received = keptn.plane.received.filter(({ triggeredid }) => triggeredid === id);
  return [JSON.stringify(keptn.counts(id)), ...said, ...received.map((event) => JSON.stringify(event))].join("\n");
};

const isLetGo = ({ metadata, spec }: Awaited<ReturnType<TestWorld["jobsOf"]>>[number]): boolean =>
  metadata?.labels?.[label.state] === "reported" &&
  !metadata.finalizers?.length &&
  spec?.ttlSecondsAfterFinished !== undefined;
