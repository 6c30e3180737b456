import assert from "node:assert/strict";
import { test } from "node:test";
import { renderDuration } from "../../../../functions/lib/core/view/duration.ts";

test("durations are short and have at most two units", () => {
  const said = [-5, 0, 8.9, 59, 60, 80, 3600, 7500, 86_399, 86_400, 273_600].map(renderDuration);
  assert.deepEqual(said, ["0s", "0s", "8s", "59s", "1m", "1m20s", "1h", "2h5m", "23h59m", "1d", "3d4h"]);
});
