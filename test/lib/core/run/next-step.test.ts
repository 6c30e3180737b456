import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { nextStep, type Situation, type Step } from "../../../../functions/lib/core/run/next-step.ts";
import { readRun, type TaskPhase } from "../../../../functions/lib/core/run/run-state.ts";
import { makeJobs, type TestRun } from "../../../runs.ts";

const createdAt = "2026-01-02T03:04:05Z";
const at = (seconds: number): number => Date.parse(createdAt) + seconds * 1000;
const announced = "2026-01-02T03:04:06.000Z";
const claimOf = (by: string, seconds: number): string =>
  JSON.stringify({ by, at: new Date(at(seconds)).toISOString() });

const someone: Situation = {
  nowMs: at(1),
  holderIdentity: "me",
  owner: false,
  leaseSeconds: 30,
  createGraceSeconds: 300,
};

const step = (run: TestRun, now: Partial<Situation> = {}): Step => {
  const state = readRun(makeJobs({ createdAt, ...run }));
  assert.ok(state);
  return nextStep(state, { ...someone, ...now });
};
const kind = (run: TestRun, now: Partial<Situation> = {}): string => step(run, now).kind;

describe("announcing", () => {
  test("happens at once, without asking Keptn, by the delivery that created the first Job", () => {
    assert.deepEqual(step({ phases: ["waiting", "waiting"] }, { owner: true }), { kind: "announce", ask: false });
  });
  test("waits for the lease when somebody else created the first Job, then asks Keptn", () => {
    assert.equal(kind({ phases: ["waiting"] }), "wait");
    assert.deepEqual(step({ phases: ["waiting"] }, { nowMs: at(31) }), { kind: "announce", ask: true });
  });
  test("is taken from the creator when the lease could expire on the way", () => {
    assert.equal(kind({ phases: ["waiting"] }, { owner: true, nowMs: at(9) }), "announce");
    assert.equal(kind({ phases: ["waiting"] }, { owner: true, nowMs: at(11) }), "wait");
    assert.deepEqual(step({ phases: ["waiting"] }, { owner: true, nowMs: at(31) }), { kind: "announce", ask: true });
  });
  test("uses the lease duration of the version that created the run", () => {
    const run: TestRun = { phases: ["waiting"], leaseSeconds: 90 };
    assert.equal(kind(run, { nowMs: at(89) }), "wait");
    assert.deepEqual(step(run, { nowMs: at(91) }), { kind: "announce", ask: true });
    assert.deepEqual(step(run, { owner: true, nowMs: at(29) }), { kind: "announce", ask: false });
  });
  test("is skipped by a silent run", () => {
    assert.deepEqual(step({ phases: ["waiting"], silent: true }), { kind: "release", tasks: [0] });
  });
  test("waits until all Jobs of the run exist", () => {
    assert.equal(kind({ phases: ["waiting", "missing"] }, { owner: true }), "wait");
  });
});

describe("releasing", () => {
  test("goes task by task", () => {
    assert.deepEqual(step({ phases: ["succeeded", "waiting", "waiting"], announced }), { kind: "release", tasks: [1] });
    assert.equal(kind({ phases: ["succeeded", "running", "waiting"], announced }), "wait");
  });
});

describe("reporting", () => {
  const end = (run: TestRun, now: Partial<Situation> = {}) => {
    const next = step(run, now);
    assert.equal(next.kind, "report");
    return next.kind === "report" ? next.end : undefined;
  };
  test("happens when the last task succeeded", () => {
    assert.deepEqual(end({ phases: ["succeeded", "succeeded"], announced }), { kind: "passed" });
  });
  test("happens with the first task that failed", () => {
    assert.deepEqual(end({ phases: ["succeeded", "failed", "waiting"], announced }), { kind: "failed", task: 1 });
  });
  test("happens when a pod cannot start", () => {
    const found = { cannotStart: { task: 0, why: "ErrImagePull" } };
    const expected = { kind: "could-not-start", task: 0, why: "ErrImagePull" };
    assert.deepEqual(end({ phases: ["running", "waiting"], announced }, found), expected);
  });
  test("ignores a pod problem of a task that ended in the meantime", () => {
    const found = { cannotStart: { task: 0, why: "ErrImagePull" } };
    assert.equal(kind({ phases: ["succeeded", "waiting"], announced }, found), "release");
    assert.equal(kind({ phases: ["succeeded", "running"], announced }, found), "wait");
  });
  test("happens when somebody deleted a Job that had not ended", () => {
    assert.deepEqual(end({ phases: ["running", "deleted"], announced }), { kind: "deleted", task: 1 });
    assert.equal(kind({ phases: ["deleted"] }, { nowMs: at(31) }), "report");
  });
  test("waits for the lease while the run's creator may be announcing it", () => {
    assert.equal(kind({ phases: ["deleted"] }), "wait");
    assert.equal(kind({ phases: ["waiting", "missing"], refused: "over quota" }), "wait");
    assert.equal(kind({ phases: ["deleted"] }, { owner: true }), "report");
    assert.equal(kind({ phases: ["waiting", "missing"], refused: "over quota", silent: true }), "report");
  });
  test("happens when Jobs were never created, after the grace period", () => {
    assert.deepEqual(end({ phases: ["waiting", "missing"] }, { nowMs: at(301) }), { kind: "incomplete", task: 1 });
  });
  test("happens at once when a Job of an announced run is gone", () => {
    assert.deepEqual(end({ phases: ["missing", "waiting"], announced }), { kind: "incomplete", task: 0 });
  });
  test("happens when Kubernetes refused a Job", () => {
    const expected = { kind: "refused", task: 1, why: "over quota" };
    assert.deepEqual(end({ phases: ["waiting", "missing"], refused: "over quota" }, { owner: true }), expected);
  });
  test("uses the end that was noted with its first lease, whatever the Jobs say now", () => {
    const why = "ErrImagePull";
    const noted = { kind: "could-not-start", task: 0, why } as const;
    assert.deepEqual(end({ phases: ["succeeded", "waiting"], announced, end: noted }), noted);
    assert.deepEqual(end({ phases: ["running", "waiting"], announced, end: noted }), noted);
    const [second] = makeJobs({ createdAt, phases: ["missing", "deleted"], end: noted });
    const [first] = makeJobs({ createdAt, phases: ["waiting", "missing"] }); // created by a redelivery, after Kubernetes had refused it
    const run = readRun([first, second].flatMap((job) => job ?? []));
    assert.ok(run);
    assert.deepEqual(nextStep(run, { ...someone, nowMs: at(60) }), { kind: "report", end: noted });
    assert.equal(run.lead, second);
  });
  test("ignores a refusal of a Job that exists: a quota can refuse a Job that was created earlier", () => {
    assert.equal(kind({ phases: ["running", "waiting"], announced, refused: "over quota" }), "wait");
  });
});

describe("a lease", () => {
  const done: TestRun = { phases: ["succeeded"], announced };
  test("of another process is respected until it expires", () => {
    assert.equal(kind({ ...done, claim: claimOf("other", 0) }, { nowMs: at(29) }), "wait");
    assert.equal(kind({ ...done, claim: claimOf("other", 0) }, { nowMs: at(31) }), "report");
  });
  test("lasts as long as the version that took it says", () => {
    const claim = JSON.stringify({ by: "other", at: createdAt, leaseSeconds: 90 });
    assert.equal(kind({ ...done, claim }, { nowMs: at(89) }), "wait");
    assert.equal(kind({ ...done, claim }, { nowMs: at(91) }), "report");
  });
  test("of this delivery does not block it", () => {
    assert.equal(kind({ ...done, claim: claimOf("me", 0) }), "report");
  });
  test("that is malformed is ignored", () => {
    assert.equal(kind({ ...done, claim: "{broken" }), "report");
    assert.equal(kind({ ...done, claim: '{"by":"other","at":"never"}' }), "report");
  });
});

describe("the end", () => {
  const reported = "2026-01-02T03:05:00.000Z";
  test("releases Jobs after the report, and then there is nothing left to do", () => {
    assert.equal(kind({ phases: ["succeeded", "failed", "waiting"], announced, reported }), "finalize");
    assert.equal(kind({ phases: ["succeeded"], announced, reported, states: ["reported"] }), "over");
    assert.equal(kind({ phases: ["succeeded", "missing"], announced, reported, states: ["reported"] }), "over");
  });
  test("counts as reached when one Job was finalized, even if the Job with the annotations is gone or was recreated", () => {
    assert.equal(kind({ phases: ["missing", "succeeded"], states: [undefined, "reported"] }), "over");
    assert.equal(
      kind({ phases: ["waiting", "succeeded"], states: [undefined, "reported"] }, { owner: true }),
      "finalize",
    );
  });
  test("abandons a run that Keptn no longer waits for", () => {
    assert.equal(kind({ phases: ["running", "waiting"], announced }, { over: true }), "abandon");
    assert.equal(kind({ phases: ["succeeded"], announced, reported, states: ["reported"] }, { over: true }), "over");
  });
});

test("every state of up to three tasks has a next step, and only a report or the end in Keptn stops a run", () => {
  const phases: readonly TaskPhase[] = ["missing", "waiting", "running", "succeeded", "failed", "deleted"];
  const chains = [1, 2, 3]
    .flatMap((length) => combinations(phases, length))
    .filter((c) => c.some((p) => p !== "missing"));
  const yesNo = [true, false];
  let states = 0;
  for (const chain of chains)
    for (const silent of yesNo)
      for (const mark of ["", announced])
        for (const claim of ["", claimOf("other", 0), claimOf("other", -60)])
          for (const reported of ["", announced])
            for (const nowMs of [at(1), at(40), at(400)])
              for (const owner of yesNo) {
                const next = step({ phases: chain, silent, announced: mark, claim, reported }, { nowMs, owner });
                states += 1;
                if (next.kind === "announce") assert.ok(!silent && !mark && !reported && !chain.includes("missing"));
                if (next.kind === "release") assertReleasable(chain, next.tasks);
                if (reported) assert.ok(next.kind === "finalize" || next.kind === "over");
                if (next.kind === "wait" && next.why === "a task is running") assert.ok(chain.includes("running"));
              }
  assert.ok(states > 15_000, `only ${states} states`);
});

/** Only the first task that has not succeeded is released, and all other tasks are fine. */
const assertReleasable = (chain: readonly TaskPhase[], [task = 0, ...more]: readonly number[]): void => {
  assert.deepEqual(more, []);
  assert.ok(chain.slice(0, task).every((phase) => phase === "succeeded"));
  assert.equal(chain[task], "waiting");
  assert.ok(!chain.some((phase) => phase === "failed" || phase === "missing" || phase === "deleted"));
};

const combinations = <T>(values: readonly T[], length: number): T[][] =>
  length === 0 ? [[]] : combinations(values, length - 1).flatMap((rest) => values.map((value) => [...rest, value]));
