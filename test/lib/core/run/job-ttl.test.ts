import assert from "node:assert/strict";
import { test } from "node:test";
import { freshSeconds, ttlSecondsOf } from "../../../../functions/lib/core/run/job-ttl.ts";
import type { TaskPhase } from "../../../../functions/lib/core/run/run-state.ts";
import { makeJobs } from "../../../runs.ts";

const endedMs = Date.parse("2026-01-02T03:04:20Z"); // as in test/runs.ts
const ttl = (phase: TaskPhase, wanted: number, afterSeconds: number) => {
  const [job] = makeJobs({ phases: [phase] });
  assert.ok(job);
  return ttlSecondsOf(job, wanted, endedMs + afterSeconds * 1000);
};

test("a Job stays as long as its config asks for", () => {
  assert.equal(ttl("succeeded", 600, 5), 600);
  assert.equal(ttl("failed", 600, 5), 600);
});

test("a Job stays for a minute after its run was reported, although Kubernetes counts from its end", () => {
  assert.equal(ttl("succeeded", 0, 0), 60);
  assert.equal(ttl("succeeded", 600, 3600), 3660);
  assert.equal(ttl("failed", 60, 90), 150);
});

test("a Job that is still running gets the TTL of a Job that ends now", () =>
  assert.equal(ttl("running", 0, 1000), 60));

test("no Job disappears while its event is fresh", () => assert.ok(ttl("succeeded", 0, 0) > 2 * freshSeconds));
