// docs/check.md explains every finding of `job-executor check`, in the order in which they are printed.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { findingIds } from "../../functions/lib/core/check/finding.ts";

test("every finding of a check is explained", () => {
  const rows = readFileSync("docs/check.md", "utf8").matchAll(/^\| `([a-z-]+)` \|/gm);
  assert.deepEqual(
    [...rows].map(([, id]) => id),
    [...findingIds],
  );
});
