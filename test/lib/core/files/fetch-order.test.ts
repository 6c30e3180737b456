import assert from "node:assert/strict";
import { test } from "node:test";
import { bytesOf, makeFetchOrder, parseFetchOrder } from "../../../../functions/lib/core/files/fetch-order.ts";
import { parseSettings } from "../../../../functions/lib/core/settings/settings.ts";

const envelope = {
  id: "1",
  type: "sh.keptn.event.test.triggered",
  source: "shipyard-controller",
  shkeptncontext: "c",
  gitcommitid: "abc",
  project: "sockshop",
  stage: "dev",
  service: "carts",
};

const settingsOf = (env: Record<string, string>) => {
  const parsed = parseSettings(env);
  assert.ok("settings" in parsed);
  return parsed.settings;
};

test("an order passes through the environment unchanged", () => {
  const order = makeFetchOrder(envelope, ["locust/", "a b.txt"], settingsOf({ FILES_VOLUME_SIZE: "1Gi" }));
  assert.deepEqual(parseFetchOrder(JSON.stringify(order)), { order });
  assert.equal(order.limits.totalBytes, 1024 ** 3);
});

test("a single file may fill the volume unless a setting limits it", () => {
  assert.equal(makeFetchOrder(envelope, [], settingsOf({})).limits.fileBytes, 20 * 1024 ** 2);
  assert.equal(makeFetchOrder(envelope, [], settingsOf({ FILES_MAX_FILE_SIZE: "3k" })).limits.fileBytes, 3000);
});

test("sizes are read like Kubernetes quantities", () => {
  assert.deepEqual(
    ["7", "2k", "2Ki", "3M", "3Mi", "1G", "1Gi"].map(bytesOf),
    [7, 2000, 2048, 3e6, 3145728, 1e9, 1073741824],
  );
});

test("a size that Kubernetes would refuse is an error in the settings", () => {
  for (const bad of ["20MB", "-1", "0", "1.5Gi", "big"]) {
    assert.ok("problems" in parseSettings({ FILES_VOLUME_SIZE: bad }), bad);
  }
});

test("an order that start-job did not write is refused, with the missing part", () => {
  const order = makeFetchOrder(envelope, ["x"], settingsOf({}));
  const cases: [string | undefined, RegExp][] = [
    [undefined, /is not set/],
    ["{", /not a JSON object/],
    ["[]", /has no project/],
    [JSON.stringify({ ...order, service: "" }), /has no service/],
    [JSON.stringify({ ...order, files: [1] }), /has no files/],
    [JSON.stringify({ ...order, limits: {} }), /has no limits/],
  ];
  for (const [text, expected] of cases) {
    const parsed = parseFetchOrder(text);
    assert.ok("problem" in parsed);
    assert.match(parsed.problem.message, expected);
  }
});
