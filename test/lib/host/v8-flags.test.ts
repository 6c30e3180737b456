// V8 only warns on stderr about an unknown flag: without these tests, only a slower function would reveal it.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { optimiseNothing, optimiseSoon } from "../../../functions/lib/host/v8-flags.ts";

for (const [name, flags] of Object.entries({ optimiseNothing, optimiseSoon })) {
  test(`V8 accepts the flags of ${name}`, () => {
    const script = flags.map((flag) => `require("node:v8").setFlagsFromString(${JSON.stringify(flag)});`).join("\n");
    const { stderr, status } = spawnSync(process.execPath, ["-e", script], { encoding: "utf8" });
    assert.deepEqual({ stderr, status }, { stderr: "", status: 0 });
  });
}

test("V8 reports a flag that it does not know", () => {
  const script = 'require("node:v8").setFlagsFromString("--no-such-flag")';
  assert.match(spawnSync(process.execPath, ["-e", script], { encoding: "utf8" }).stderr, /unrecognized flag/);
});
