// How `job-executor check` prints findings: in columns on a terminal, otherwise one line each.
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
  test("in the terminal's columns, wrapped between words", () => {
    assert.equal(
      renderFindings([finding], plain, 60),
      `error    function          Service start-job is not ready,
                           and can be reached within the
                           cluster only.
                           -> Look at its newest Revision.`,
    );
  });
  test("in lines of any length when stdout is not a terminal", () => {
    assert.deepEqual(renderFindings([finding], plain).split("\n"), [
      `error    function          ${finding.seen}`,
      `                           -> ${finding.fix}`,
    ]);
  });
});
