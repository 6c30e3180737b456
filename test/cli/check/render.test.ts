// What `job-executor check` prints: in the columns of a terminal, or a line for each thing.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { renderFindings } from "../../../functions/cli/check/render.ts";
import type { Finding } from "../../../functions/lib/core/check/finding.ts";

const finding: Finding = {
  id: "function",
  severity: "error",
  seen: "Service start-job is not ready, and can be reached within the cluster only.",
  fix: "Look at its newest Revision.",
};
const plain = (_: unknown, text: string): string => text;

describe("findings are printed", () => {
  test("in a terminal's columns, broken between words", () => {
    assert.equal(
      renderFindings([finding], plain, 60),
      `error    function          Service start-job is not ready,
                           and can be reached within the
                           cluster only.
                           -> Look at its newest Revision.`,
    );
  });
  test("in lines of any length elsewhere", () => {
    assert.deepEqual(renderFindings([finding], plain).split("\n"), [
      `error    function          ${finding.seen}`,
      `                           -> ${finding.fix}`,
    ]);
  });
});
