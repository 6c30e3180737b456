// Only container paths are rewritten, and only complete ones.
import assert from "node:assert/strict";
import { test } from "node:test";
import { rewritePaths } from "../../../functions/cli/local/rewrite-paths.ts";

const paths = { "/keptn": "/tmp/run 1/$&", "/dev/termination-log": "/tmp/result" };

const cases = [
  ["/keptn", "/tmp/run 1/$&"],
  ["/keptn/", "/tmp/run 1/$&/"],
  ["cat /keptn/a.txt '/keptn/b'; ls \"/keptn\"", "cat /tmp/run 1/$&/a.txt '/tmp/run 1/$&/b'; ls \"/tmp/run 1/$&\""],
  ["--file=/keptn/a:/keptn/b", "--file=/tmp/run 1/$&/a:/tmp/run 1/$&/b"],
  ["echo {} > /dev/termination-log", "echo {} > /tmp/result"],
  ["cd /keptn. Then", "cd /tmp/run 1/$&. Then"],
  ["http://keptn/api", "http://keptn/api"],
  ["https://keptn.example/keptn/x", "https://keptn.example/keptn/x"],
  ["/etc/keptn/x ./keptn/x ~/keptn", "/etc/keptn/x ./keptn/x ~/keptn"],
  ["/keptn-data /keptn.sh/x /keptns", "/keptn-data /keptn.sh/x /keptns"],
  ["keptn/x", "keptn/x"],
] as const;

test("a rewritten path is not rewritten again, and the longer of two matching paths wins", () => {
  const nested = { "/tmp": "/tmp/run/tmp", "/tmp/in": "/tmp/run/in", "/keptn": "/tmp/run/keptn" };
  assert.equal(rewritePaths("/keptn /tmp/x /tmp/in/x", nested), "/tmp/run/keptn /tmp/run/tmp/x /tmp/run/in/x");
  assert.equal(rewritePaths("/keptn", {}), "/keptn");
});

for (const [text, rewritten] of cases) {
  test(`rewrites ${text}`, () => assert.equal(rewritePaths(text, paths), rewritten));
}
