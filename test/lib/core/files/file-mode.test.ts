import assert from "node:assert/strict";
import { test } from "node:test";
import { isExecutable } from "../../../../functions/lib/core/files/file-mode.ts";

const detect = (text: string) => isExecutable(Buffer.from(text, "latin1"), "detect");

test("scripts and ELF programs are executable", () => {
  assert.deepEqual(["#!/bin/sh\n", "\x7fELF\x02"].map(detect), [true, true]);
});

test("other files are not, however they begin", () => {
  assert.deepEqual(["", "#", "# a comment", "\x7fEL", "text", " #!/bin/sh"].map(detect), Array(6).fill(false));
});

test("a setting makes all files executable", () => {
  assert.equal(isExecutable(new Uint8Array(), "all"), true);
});
