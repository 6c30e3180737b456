import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { annotation } from "../../../../functions/lib/core/annotations/annotations.ts";
import type { Pod } from "../../../../functions/lib/core/kubernetes.ts";
import type { Graph } from "../../../../functions/lib/core/run/graph.ts";
import { readRun } from "../../../../functions/lib/core/run/run-state.ts";
import type { ClusterView } from "../../../../functions/lib/core/view/cluster-view.ts";
import { questionsOf, type RunView, readRuns, viewRun } from "../../../../functions/lib/core/view/run-view.ts";
import { makeTestPod, makeWarning, type TestPod } from "../../../pods.ts";
import { makeJobs, type TestRun, testEvent, testRunId } from "../../../runs.ts";

// The Jobs in test/runs.ts are created at :05, released at :10 and end at :20.
const createdAt = "2026-01-02T03:04:05Z";
const at = (seconds: number): string => new Date(Date.parse(createdAt) + seconds * 1000).toISOString();
const announced = at(1);
const settings = {
  CLAIM_LEASE_SECONDS: 30,
  CREATE_GRACE_SECONDS: 300,
  START_GRACE_SECONDS: 60,
  START_DEADLINE_SECONDS: 600,
};

interface Given extends TestRun {
  /** The pod of the running task. */
  readonly pod?: TestPod | "none";
  readonly after: number;
}

const look = ({ pod, after, ...run }: Given, more: Partial<ClusterView> = {}): RunView & { asks: string[] } => {
  const jobs = makeJobs(run);
  const state = readRun(jobs);
  assert.ok(state);
  const running = state.tasks.find(({ phase }) => phase === "running")?.job;
  const pods: Pod[] = running && pod && pod !== "none" ? [makeTestPod(running, pod)] : [];
  const sight: ClusterView = { nowMs: Date.parse(at(after)), pods, settings, ...more };
  return { ...viewRun(state, sight), asks: questionsOf(state, sight).map(({ about }) => about) };
};

const running = { running: { startedAt: at(8) } };
const runs: TestPod = { phase: "Running", startTime: at(5), main: running };

/** The first task only rolls back the second one. */
const undo: Graph = { tasks: [{ needs: [1], when: "failure" }, { needs: [] }] };
const undoWarned: Graph = {
  tasks: [
    { needs: [1], when: "failure" },
    { needs: [], onError: "warn" },
  ],
};
const second: Graph = { tasks: [{ needs: [1] }, { needs: [] }] };

describe("the state of a run", () => {
  const cases: readonly (readonly [string, Given])[] = [
    ["creating", { phases: ["waiting", "missing"], after: 2 }],
    ["announcing", { phases: ["waiting", "waiting"], after: 2 }],
    ["running", { phases: ["running", "waiting"], announced, pod: runs, after: 9 }],
    ["running", { phases: ["succeeded", "waiting"], announced, after: 20 }],
    ["running", { phases: ["running"], silent: true, pod: runs, after: 9 }],
    [
      "running",
      { phases: ["failed", "running"], graph: { tasks: [{}, { needs: [] }] }, announced, pod: runs, after: 9 },
    ],
    ["reporting", { phases: ["failed", "waiting"], graph: { tasks: [{}, { needs: [0] }] }, announced, after: 9 }],
    [
      "cannot-start",
      { phases: ["running"], announced, pod: { main: { waiting: { reason: "ErrImagePull" } } }, after: 9 },
    ],
    ["reporting", { phases: ["succeeded"], announced, after: 16 }],
    ["reporting", { phases: ["failed", "waiting"], announced, after: 16 }],
    ["reporting", { phases: ["deleted"], announced, after: 60 }],
    ["reporting", { phases: ["waiting", "missing"], refused: "exceeded quota", after: 2 }],
    ["reporting", { phases: ["succeeded"], announced, claim: JSON.stringify({ by: "x", at: at(15) }), after: 20 }],
    ["passed", { phases: ["succeeded"], announced, reported: at(16), after: 20 }],
    ["failed", { phases: ["failed", "missing"], announced, reported: at(16), after: 20 }],
    ["errored", { phases: ["succeeded", "missing"], announced, states: ["reported"], after: 20 }],
    // In a graph, the Job with the annotations may belong to a task that never ran.
    ["passed", { phases: ["missing", "succeeded"], graph: undo, states: ["reported", "reported"], after: 20 }],
    ["failed", { phases: ["missing", "failed"], graph: second, states: ["reported", "reported"], after: 20 }],
    ["warning", { phases: ["missing", "failed"], graph: undoWarned, states: ["reported", "reported"], after: 20 }],
  ];
  for (const [word, given] of cases) {
    test(`${word}: ${given.phases.join(", ")}${given.reported ? ", reported" : ""}`, () => {
      const { state, stuck, open } = look(given);
      assert.deepEqual(
        [state, stuck, open],
        [word, word === "cannot-start", !["passed", "warning", "failed", "errored"].includes(word)],
      );
    });
  }

  test("is what Keptn was told once it was reported, whatever its Jobs say", () => {
    const jobs = makeJobs({ phases: ["succeeded"], announced, reported: at(16) });
    jobs[0]!.metadata!.annotations![annotation.outcome] = "warning";
    assert.equal(viewRun(readRun(jobs)!, { nowMs: Date.parse(at(20)), settings }).state, "warning");
  });

  test("comes with its action, event and times", () => {
    const { tasks, asks, ...view } = look({ phases: ["succeeded"], announced, reported: at(16), after: 90.7 });
    assert.deepEqual(view, {
      ...{ id: testRunId(), state: "passed", open: false, stuck: false, action: "deploy", silent: false },
      ...{ event: { id: testEvent.id, type: testEvent.type }, context: testEvent.shkeptncontext },
      ...{ project: "sockshop", stage: "dev", service: "carts" },
      ...{ createdAt, announcedAt: announced, reportedAt: at(16), ageSeconds: 90 },
    });
    assert.deepEqual([tasks.length, asks], [1, []]);
  });
});

describe("the phases of a task", () => {
  const phasesOf = (given: Given) =>
    look(given).tasks.map(({ state, phases }) => [
      state,
      ...phases.map(({ phase, from, until }) => [phase, secondsOf(from), secondsOf(until)]),
    ]);
  const secondsOf = (time: string | undefined) => time && (Date.parse(time) - Date.parse(createdAt)) / 1000;

  test("are waiting, starting, files and running, one after the other", () => {
    const pod = {
      phase: "Running",
      startTime: at(5),
      main: running,
      init: { terminated: { exitCode: 0, startedAt: at(6), finishedAt: at(7) } },
    };
    assert.deepEqual(phasesOf({ phases: ["running", "waiting"], announced, pod, after: 9 }), [
      ["running", ["waiting", 0, 5], ["starting", 5, 6], ["init", 6, 8], ["running", 8, undefined]],
      ["waiting", ["waiting", 0, undefined]],
    ]);
  });
  test("show that its files are being fetched", () => {
    const pod = {
      startTime: at(5),
      init: { running: { startedAt: at(6) } },
      main: { waiting: { reason: "PodInitializing" } },
    };
    assert.deepEqual(phasesOf({ phases: ["running"], announced, pod, after: 9 }), [
      ["init", ["waiting", 0, 5], ["starting", 5, 6], ["init", 6, undefined]],
    ]);
  });
  test("are all running when the pod is no longer known", () => {
    assert.deepEqual(phasesOf({ phases: ["succeeded", "missing"], announced, reported: at(16), after: 20 }), [
      ["passed", ["waiting", 0, 5], ["running", 5, 15]],
      ["missing"],
    ]);
  });
  test("never begin in 1970, as containers do that never started", () => {
    const main = { waiting: { reason: "CreateContainerError" } };
    const init = { terminated: { exitCode: 128, startedAt: "1970-01-01T00:00:00Z", finishedAt: at(9) } };
    const [task] = phasesOf({ phases: ["running"], announced, pod: { init, main, startTime: at(5) }, after: 9 });
    assert.deepEqual(task?.slice(1), [
      ["waiting", 0, 5],
      ["starting", 5, undefined],
    ]);
  });
});

describe("a stuck run shows why and how to fix it", () => {
  const image = { waiting: { reason: "ErrImagePull", message: 'failed to pull\nimage "none:1"' } };

  test("when an image cannot be pulled: at once, in Kubernetes' words, on one line", () => {
    const { why, fix, asks } = look({
      phases: ["running"],
      announced,
      pod: { main: image, startTime: at(5) },
      after: 8,
    });
    assert.match(
      why ?? "",
      /^Task 'task-1' cannot start \(image example\.org\/none:1\): ErrImagePull: failed to pull image "none:1"\.$/,
    );
    assert.match(fix ?? "", /image's name.*errored after 60s of this/);
    assert.deepEqual(asks, ["object"]);
  });
  test("with new warnings from Kubernetes", () => {
    const warnings = new Map([
      [
        "uid-0-pod",
        ['Failed: failed to pull image "none:1"', "Failed: no such host"].map((said) => makeWarning(said, at(7))),
      ],
    ]);
    const { why, asks } = look(
      { phases: ["running"], announced, pod: { main: image, startTime: at(5) }, after: 8 },
      { warnings },
    );
    assert.match(why ?? "", /"none:1"\. Kubernetes said: Failed: no such host\.$/);
    assert.deepEqual(asks, []);
  });
  test("when it cannot start and nobody ends it: the sweep is missing", () => {
    const given: Given = { phases: ["running"], announced, pod: { main: image, startTime: at(5) }, after: 200 };
    const warnings = new Map([["uid-0-pod", []]]);
    assert.deepEqual(look(given, { warnings }).asks, ["timer"]);
    assert.match(look(given, { warnings, timer: "missing" }).why ?? "", /timer \(a PingSource\) does not exist/);
  });
  test("when a Secret is missing", () => {
    const main = { waiting: { reason: "CreateContainerConfigError", message: 'secret "login" not found' } };
    const { why, fix } = look({ phases: ["running"], announced, pod: { main, startTime: at(5) }, after: 8 });
    assert.match(why ?? "", /CreateContainerConfigError: secret "login" not found/);
    assert.match(fix ?? "", /^Create the missing object/);
  });
  test("when no node takes its pod, after some seconds", () => {
    const conditions = [
      { type: "PodScheduled", status: "False", reason: "Unschedulable", message: "0/3 nodes are available" },
    ];
    const given = { phases: ["running"], announced, pod: { conditions } } as const;
    assert.equal(look({ ...given, after: 10 }).stuck, false);
    const { state, why } = look({ ...given, after: 50 });
    assert.equal(state, "running");
    assert.match(why ?? "", /has no node for 45s\. Kubernetes said: Unschedulable: 0\/3 nodes are available\.$/);
  });
  test("when a volume is missing, which only warnings reveal", () => {
    const given: Given = { phases: ["running"], announced, pod: { startTime: at(5) }, after: 30 };
    const { stuck, asks } = look(given);
    assert.deepEqual([stuck, asks], [false, ["object"]]);
    const warnings = new Map([["uid-0-pod", [makeWarning("FailedMount: configmap not found", at(6), at(22))]]]);
    assert.match(
      look(given, { warnings }).why ?? "",
      /a volume of pod \S+ is missing.*FailedMount: configmap not found/,
    );
    assert.equal(
      look(given, { warnings: new Map([["uid-0-pod", []]]) }).stuck,
      false,
      "a large image that is being pulled",
    );
  });
  test("when Kubernetes creates no pod for it", () => {
    const { why, asks } = look({ phases: ["running"], announced, pod: "none", after: 40 });
    assert.match(why ?? "", /has created no pod for Job jobs\/job-executor-service-job-\S+ for 35s/);
    assert.deepEqual(asks, ["object"]);
  });
  test("but not when its pod has just ended and the Job does not show it yet", () => {
    const status = { startTime: at(5), active: 1, ready: 0 };
    assert.equal(look({ phases: ["running"], announced, pod: "none", statuses: [status], after: 90 }).stuck, false);
  });
  test("when nobody announces it after the lease and a sweep", () => {
    assert.equal(look({ phases: ["waiting"], after: 100 }).stuck, false);
    const { state, why, fix, asks } = look({ phases: ["waiting"], after: 150 });
    assert.equal(state, "announcing");
    assert.match(why ?? "", /Keptn was not told that it started: due for 2m\./);
    assert.match(fix ?? "", /kubectl get pingsources -A/);
    assert.deepEqual(asks, ["timer"]);
  });
  test("when the holder of its lease died: it says who and when", () => {
    const claim = JSON.stringify({ by: "finish-task-7/ab12", at: at(20) });
    assert.equal(
      look({ phases: ["succeeded"], announced, claim, after: 120 }).stuck,
      false,
      "the lease and a sweep are not over",
    );
    const { why } = look({ phases: ["succeeded"], announced, claim, after: 170 }, { timer: "there" });
    assert.match(
      why ?? "",
      /Keptn was not told: due for 2m\. finish-task-7\/ab12 began it at 2026-01-02T03:04:25\.000Z, but did not finish\./,
    );
  });
  test("when the next task is not released", () => {
    const { why } = look({ phases: ["succeeded", "waiting"], announced, after: 150 });
    assert.match(why ?? "", /^Task 'task-2' was not released, although it is next: due for 2m15s\./);
  });
  test("when only some of its Jobs were created", () => {
    const { state, why, fix } = look({ phases: ["waiting", "missing", "missing"], after: 60 });
    assert.equal(state, "creating");
    assert.match(why ?? "", /^Only 1 of its 3 Jobs were created, the last one 1m ago\.$/);
    assert.match(fix ?? "", /reported as errored in 4m/);
  });
  test("but not without a known reason: unreadable pods reveal nothing", () => {
    const jobs = makeJobs({ phases: ["running"], announced });
    const { stuck, tasks } = viewRun(readRun(jobs)!, { nowMs: Date.parse(at(500)), settings });
    assert.deepEqual([stuck, tasks[0]?.state], [false, "starting"]);
  });
});

test("runs are sorted open and newest first, and Jobs that are not part of a run are left out", () => {
  const other = { ...testEvent, id: "another" };
  const jobs = [
    ...makeJobs({
      phases: ["succeeded"],
      announced,
      reported: at(16),
      event: { ...testEvent, id: "over" },
      createdAt: at(90),
    }),
    ...makeJobs({ phases: ["running"], announced }),
    ...makeJobs({ phases: ["waiting", "waiting"], event: other, createdAt: at(60) }),
    { metadata: { name: "somebody-else", labels: {} } },
  ];
  assert.deepEqual(
    readRuns(jobs).map(({ id, tasks }) => [id, tasks.length]),
    [
      [testRunId(other), 2],
      [testRunId(), 1],
      [testRunId({ ...testEvent, id: "over" }), 1],
    ],
  );
});
