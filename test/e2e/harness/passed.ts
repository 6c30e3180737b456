// The expected end of a run.
import assert from "node:assert/strict";
import { isShort } from "./environment.ts";
import type { Ran } from "./scenario.ts";

/**
 * Keptn counts: as many `.finished` as `.started`, one of each task. In the short form more are let pass: a Keptn on a busy machine takes
 * longer to answer than an event is waited for, so that it is sent again, and both are counted.
 * @param tasks of Keptn's, in the sequence
 * @param result of each
 * @returns how many events were sent again
 */
export const assertPassed = ({ name, started, finished }: Ran, tasks = 1, result = "pass"): number => {
  const countOf = (events: Ran["started"]) =>
    Object.entries(Object.groupBy(events, ({ triggeredid = "" }) => triggeredid)).map(([id, { length = 0 } = []]) => [
      id,
      length,
    ]);
  assert.deepEqual(countOf(started).sort(), countOf(finished).sort(), name);
  assert.equal(countOf(started).length, tasks, name);
  for (const { data } of finished) assert.deepEqual([data["status"], data["result"]], ["succeeded", result], name);
  if (!isShort) assert.equal(started.length, tasks, name);
  return started.length - tasks;
};
