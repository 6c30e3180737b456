// A log returns both ends, however long it is.
import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { openLogFile } from "../../../functions/cli/local/log-file.ts";

let folder = "";
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "log-file-"));
});
after(() => rm(folder, { recursive: true }));

const open = (name: string, ...texts: string[]) => {
  const log = openLogFile(join(folder, name));
  for (const text of texts) log.append(Buffer.from(text));
  return log;
};

test("a log that fits is returned completely, even after it was closed", async () => {
  const log = open("whole", "one\n", "two\n");
  const expected = { head: "one\ntwo\n", tail: "", cutBytes: 0 };
  assert.deepEqual(await log.read({ headBytes: 4, tailBytes: 4 }), expected);
  log.close();
  log.append(Buffer.from("late"));
  assert.deepEqual(await log.read({ headBytes: 4, tailBytes: 4 }), expected);
});

test("a log that is too long is returned as its two ends", async () => {
  const log = open("long", "0123456789");
  assert.deepEqual(await log.read({ headBytes: 2, tailBytes: 3 }), { head: "01", tail: "789", cutBytes: 5 });
});

test("no character is split", async () => {
  const log = open("wide", "ää€€ää");
  assert.deepEqual(await log.read({ headBytes: 3, tailBytes: 3 }), { head: "ä", tail: "ä", cutBytes: 8 });
});

test("an empty log is empty", async () => {
  assert.deepEqual(await open("empty").read({ headBytes: 1, tailBytes: 1 }), { head: "", tail: "", cutBytes: 0 });
});
