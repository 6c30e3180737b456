import assert from "node:assert/strict";
import { test } from "node:test";
import { classifyResponse } from "../../../../functions/lib/core/source/sink-response.ts";

for (const [answer, statuses] of [
  ["taken", [200, 201, 202, 204]],
  ["never", [400, 411, 413, 414, 415, 422, 431]],
  ["later", [304, 401, 403, 404, 405, 408, 409, 410, 425, 429, 500, 501, 502, 503, 504]],
] as const) {
  test(`${statuses.join(", ")} mean ${answer}`, () => {
    for (const status of statuses) assert.equal(classifyResponse(status), answer, String(status));
  });
}
