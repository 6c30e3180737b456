// Where the Jobs of a run are is read from its Jobs, which somebody may have forged.
import assert from "node:assert/strict";
import { test } from "node:test";
import { advance } from "../../functions/chain/advance.ts";
import type { Job } from "../../functions/core/kubernetes.ts";
import { annotation } from "../../functions/core/marks.ts";
import { openWorld } from "../doubles/world.ts";
import { makeJobs, testRunId } from "../runs.ts";

/** Runs in `namespace`, and says that its run is there and in another one. */
const forge = (namespace: string, other: string): Job => {
  const [job] = makeJobs({ phases: ["running"], announced: "2026-01-02T03:04:05.000Z", namespace });
  assert.ok(job?.metadata?.annotations);
  const { [annotation.chain]: text = "" } = job.metadata.annotations;
  const chain = JSON.parse(text);
  const jobs = [...chain.jobs, { ...chain.jobs[0], namespace: other }];
  job.metadata.annotations[annotation.chain] = JSON.stringify({ ...chain, jobs });
  return job;
};

test("Jobs of one run that send us from namespace to namespace are followed to their end, and no further", async (context) => {
  const world = await openWorld(context);
  const there = new Map(["a>b", "b>c", "c>a"].map((way) => [way[0] ?? "", forge(way[0] ?? "", way[2] ?? "")]));
  const asked: (readonly string[])[] = [];
  const listRun = async (_: string, namespaces: readonly string[]): Promise<Job[]> => {
    asked.push(namespaces);
    return namespaces.toReversed().flatMap((namespace) => there.get(namespace) ?? []); // what is new leads on
  };
  const rest = await advance(
    { ...world.ports, jobs: { ...world.ports.jobs, listRun } },
    { runId: testRunId(), namespaces: ["a"] },
  );
  assert.equal(rest.kind, "wait");
  assert.deepEqual(asked, [["a"], ["a", "b"], ["a", "b", "c"]]);
});
