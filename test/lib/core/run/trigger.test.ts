import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { annotation } from "../../../../functions/lib/core/annotations/annotations.ts";
import type { Job } from "../../../../functions/lib/core/kubernetes.ts";
import { parseTrigger } from "../../../../functions/lib/core/run/trigger.ts";
import { makeJobs, type TestRun, testRunId } from "../../../runs.ts";

const announced = "2026-01-02T03:04:06.000Z";

const hintOf = (run: TestRun, verb = "update", change: (job: Job) => Job = (job) => job) => {
  const [job] = makeJobs({ announced, ...run });
  assert.ok(job);
  return parseTrigger({ type: `dev.knative.apiserver.resource.${verb}`, data: { kind: "Job", ...change(job) } });
};
const noted = (name: string, value: string) => (job: Job) => ({
  ...job,
  metadata: { ...job.metadata, annotations: { ...job.metadata?.annotations, [name]: value } },
});

describe("a Job change triggers its run", () => {
  for (const phase of ["succeeded", "failed", "deleted"] as const) {
    test(`when its task ${phase === "deleted" ? "was deleted" : phase}`, () => {
      const { end, ...hint } = hintOf({ phases: [phase] }) as Extract<ReturnType<typeof hintOf>, { kind: "run" }>;
      assert.deepEqual(hint, { kind: "run", runId: testRunId(), namespace: "jobs" });
      assert.equal(end?.split(" ")[1], phase === "deleted" ? undefined : phase);
    });
  }
  test("when the Job disappeared before it ended", () => {
    assert.equal(hintOf({ phases: ["running"] }, "delete").kind, "run");
  });
});

describe("a Job change triggers nothing", () => {
  test("while its task waits or runs", () => {
    assert.deepEqual(hintOf({ phases: ["running"] }), { kind: "nothing", why: "the task is running" });
    assert.equal(hintOf({ phases: ["waiting"] }).kind, "nothing");
  });
  test("when we made it: a lease taken, a lease released, a report", () => {
    const claim = JSON.stringify({ by: "me", at: announced });
    assert.deepEqual(hintOf({ phases: ["succeeded"], claim }), {
      kind: "nothing",
      why: "another delivery holds its run",
    });
    const end = noted(annotation.end, '{"kind":"passed"}');
    assert.deepEqual(hintOf({ phases: ["succeeded"] }, "update", end), {
      ...{ kind: "nothing", why: "another delivery holds its run" },
    });
    const reported = hintOf({ phases: ["succeeded"], reported: announced });
    assert.deepEqual(reported, { kind: "nothing", why: "its run was reported" });
  });
  test("when a Job that had already ended leaves the watch", () => {
    assert.equal(hintOf({ phases: ["succeeded"] }, "delete").kind, "nothing");
    assert.equal(hintOf({ phases: ["failed"] }, "delete").kind, "nothing");
  });
});

describe("a change that the API server did not send", () => {
  const [good] = makeJobs({ announced, phases: ["succeeded"] });
  const hint = (data: unknown) => parseTrigger({ type: "dev.knative.apiserver.resource.update", data });
  const forged = [
    ...[{ metadata: null }, { metadata: [] }, { status: [] }, { status: { conditions: {} } }, { spec: 1 }],
    ...["..", "*", "a/b", "", 5].map((namespace) => ({ metadata: { ...good?.metadata, namespace } })),
    ...[[], "x", { a: 1 }].map((labels) => ({ metadata: { ...good?.metadata, labels } })),
  ];
  for (const change of forged) {
    test(`is malformed: ${JSON.stringify(change).slice(0, 60)}`, () => {
      assert.equal(hint({ kind: "Job", ...good, ...change }).kind, "malformed");
    });
  }
  test("triggers nothing when the run's name is not one of ours", () => {
    const labels = { ...good?.metadata?.labels, "keptn.sh/jes-run": "a,b in (c)" };
    assert.equal(hint({ kind: "Job", ...good, metadata: { ...good?.metadata, labels } }).kind, "nothing");
  });
});
