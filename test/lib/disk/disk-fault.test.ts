import assert from "node:assert/strict";
import { open } from "node:fs/promises";
import { test } from "node:test";
import { explained } from "../../../functions/lib/disk/disk-fault.ts";
import { IoError } from "../../../functions/lib/io-error.ts";

const writing = { doing: "write", folder: "/keptn", path: "a b" } as const;

test("a full volume is reported as such, with the setting that makes it larger", async () => {
  const fill = async () => {
    const full = await open("/dev/full", "w");
    await full.write("x").finally(() => full.close());
  };
  await assert.rejects(explained(writing, fill), (error: IoError) => {
    assert.equal(
      error.message,
      'Cannot write "a b" in /keptn: the volume is full; increase FILES_VOLUME_SIZE (the size of /keptn), or list fewer files.',
    );
    return !error.retryable && (error.cause as NodeJS.ErrnoException).code === "ENOSPC";
  });
});

test("other errors are passed on unchanged", async () => {
  const errors = [new IoError("Keptn is away", { retryable: true }), new TypeError("a bug")];
  for (const error of errors) {
    const fail = async () => {
      throw error;
    };
    await assert.rejects(explained(writing, fail), (thrown) => thrown === error);
  }
});
