// Malformed annotations are treated as absent.
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  parseEnd,
  parseEnvelope,
  parseLease,
  parseRunSpec,
} from "../../../../functions/lib/core/annotations/parse-annotations.ts";
import { readRun } from "../../../../functions/lib/core/run/run-state.ts";
import { makeJobs, testEvent } from "../../../runs.ts";

const link = { namespace: "jobs", name: "a", task: "a", ttlSeconds: 1 };
const chain = { action: "a", silent: false, source: "s", jobs: [link] };
const without = (value: object, name: string) => JSON.stringify({ ...value, [name]: undefined });

test("reads the annotations that we write", () => {
  assert.deepEqual(parseRunSpec(JSON.stringify(chain)), chain);
  assert.deepEqual(parseEnvelope(JSON.stringify(testEvent)), testEvent);
  const claim = { by: "me", at: "2026-01-02T03:04:05Z", leaseSeconds: 30 };
  assert.deepEqual(parseLease(JSON.stringify(claim)), {
    holderIdentity: "me",
    renewTime: "2026-01-02T03:04:05Z",
    leaseSeconds: 30,
  });
  for (const end of [{ kind: "passed" }, { kind: "failed", task: 1 }, { kind: "refused", task: 0, why: "quota" }])
    assert.deepEqual(parseEnd(JSON.stringify(end), 2), end);
});

test("reads nothing when a part is missing or has another type", () => {
  for (const name of Object.keys(chain)) assert.equal(parseRunSpec(without(chain, name)), undefined, name);
  for (const name of Object.keys(link))
    assert.equal(
      parseRunSpec(JSON.stringify({ ...chain, jobs: [link, JSON.parse(without(link, name))] })),
      undefined,
      name,
    );
  for (const name of ["id", "type", "source", "shkeptncontext", "project", "stage", "service"])
    assert.equal(parseEnvelope(without(testEvent, name)), undefined, name);
  assert.equal(parseEnvelope(JSON.stringify({ ...testEvent, labels: { a: 1 } })), undefined);
  for (const text of [
    "",
    "null",
    "5",
    "[]",
    "{",
    '{"by":"me"}',
    '{"kind":"failed","task":2}',
    '{"kind":"failed"}',
    '{"kind":"x","task":0}',
    '{"kind":"refused","task":0}',
  ])
    assert.deepEqual(
      [parseRunSpec(text), parseEnvelope(text), parseLease(text), parseEnd(text, 2)],
      [undefined, undefined, undefined, undefined],
      text,
    );
});

test("a Job with our labels and somebody else's annotations is not a run", () => {
  for (const text of ["null", '{"jobs":[null]}', "[".repeat(100_000)]) {
    const [job] = makeJobs({ phases: ["running"] });
    const annotations = { ...job?.metadata?.annotations, "keptn.sh/jes-chain": text };
    assert.equal(readRun([{ ...job, metadata: { ...job?.metadata, annotations } }]), undefined);
  }
});

test("reads a run's graph, and nothing when the graph is invalid", () => {
  const jobs = [link, { ...link, name: "b" }];
  const readWith = (graph: unknown) => parseRunSpec(JSON.stringify({ ...chain, jobs, graph }));
  const graph = { failFast: true, tasks: [{ when: "always", onError: "warn" }, { needs: [0] }] };
  assert.deepEqual(readWith(graph), { ...chain, jobs, graph });
  const tasks = [{}, { needs: [1] }]; // waits for itself: it would never end
  const odd = [{ tasks }, { tasks: [{}] }, { tasks: [{}, { needs: [2] }] }, { tasks: [{}, { when: "never" }] }, {}, 5];
  for (const one of odd) assert.equal(readWith(one), undefined, JSON.stringify(one));
});
