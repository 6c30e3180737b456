// Flags that V8 does not know any more would only be noticed by a slow function: it says so on stderr, and goes on.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { optimiseNothing, optimiseSoon } from "../../../functions/lib/host/v8-flags.ts";

for (const [name, flags] of Object.entries({ optimiseNothing, optimiseSoon })) {
  test(`V8 knows the flags of ${name}`, () => {
    const script = flags.map((flag) => `require("node:v8").setFlagsFromString(${JSON.stringify(flag)});`).join("\n");
    const { stderr, status } = spawnSync(process.execPath, ["-e", script], { encoding: "utf8" });
    assert.deepEqual({ stderr, status }, { stderr: "", status: 0 });
  });
}

test("V8 says of a flag that it does not know it", () => {
  const script = 'require("node:v8").setFlagsFromString("--no-such-flag")';
  assert.match(spawnSync(process.execPath, ["-e", script], { encoding: "utf8" }).stderr, /unrecognized flag/);
});
