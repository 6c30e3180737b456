// Every file that names our version names the one of package.json, and a release would find it there.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { filesWithVersion, setVersion, versionsIn } from "../../../build/release/named-version.ts";
import manifest from "../../../package.json" with { type: "json" };

for (const file of filesWithVersion) {
  test(`${file} names version ${manifest.version}`, () => {
    const found = versionsIn(readFileSync(file, "utf8"));
    assert.deepEqual([...new Set(found)], [manifest.version]);
  });
}

/** Tests and examples name versions of their own; decisions and the changelog those of their time. */
const others = /^(test|docs\/(examples|decisions))\/|^CHANGELOG\.md$/;

test("no other file names a version of ours", () => {
  const tracked = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard"], { encoding: "utf8" });
  const named = tracked
    .trim()
    .split("\n")
    .filter((file) => !others.test(file) && !filesWithVersion.includes(file))
    .filter((file) => versionsIn(readFileSync(file, "utf8")).length > 0);
  assert.deepEqual(named, []);
});

test("versions of others stay as they are", () => {
  const text = "job-executor-service 0.3.0, job-executor-functions:0.3.0\nkeptn/version: 0.3.0\nversion: 0.3.0\n";
  assert.equal(
    setVersion(text, "0.4.0"),
    "job-executor-service 0.3.0, job-executor-functions:0.4.0\nkeptn/version: 0.3.0\nversion: 0.4.0\n",
  );
});
