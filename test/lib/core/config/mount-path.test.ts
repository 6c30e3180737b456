// Where a task may mount a volume.
import assert from "node:assert/strict";
import { test } from "node:test";
import { checkMountPath, withoutSlash } from "../../../../functions/lib/core/config/mount-path.ts";

const taken = [
  "/a",
  "/cache/",
  "/cache/m2",
  "/etc/ssl/certs",
  "/var/lib/x",
  "/var/cache",
  "/dev/shm",
  "/keptn-cache",
  "/x/keptn",
];
for (const path of taken) test(`takes ${path}`, () => assert.equal(checkMountPath(path), undefined));

const refused = [
  ...["", "a", "./a", "/", "//", "/a//b", "/a/./b", "/a/..", "/..", "/a:b", "/a b", "/a\n", "/a\\b", "/é"],
  ...["/keptn", "/keptn/", "/keptn/x", "/var", "/var/run", "/run", "/var/run/secrets", "/run/secrets/kubernetes.io"],
  ...["/proc", "/sys/fs", "/dev", "/dev/shm/x", "/dev/termination-log", `/${"x".repeat(600)}`],
];
for (const path of refused) {
  test(`refuses ${JSON.stringify(path.slice(0, 40))}`, () =>
    assert.equal(checkMountPath(path)?.code, "bad-mount-path"));
}

test("a trailing slash is not part of the path", () => {
  assert.equal(withoutSlash("/cache//"), "/cache");
  assert.equal(withoutSlash("/cache"), "/cache");
});
