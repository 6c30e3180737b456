// Warnings about intent never appear on working configs: all examples in docs, and all configs that the golden plans use.
import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { describe, test } from "node:test";
import { lintIntent } from "../../../../../functions/lib/core/config/intent/lint-intent.ts";
import { parseJobConfig } from "../../../../../functions/lib/core/config/parse.ts";
import { renderProblem } from "../../../../../functions/lib/core/problem.ts";
import { blocksOf } from "../../../../docs/pages.ts";

const files = globSync(["docs/examples/*/job/config.yaml", "test/golden/{plan,from-jes}/*/config.yaml"]).sort();
const written = globSync(["README.md", "docs/*.md"])
  .sort()
  .flatMap((page) => blocksOf(readFileSync(page, "utf8")).filter(({ text }) => /^actions:/m.test(text)))
  .map(({ text }) => text);

/** Expected warnings by file; so far none. */
const wanted: Readonly<Record<string, readonly string[]>> = {};

const told = (text: string, file: string) => lintIntent(parseJobConfig(text, file));

describe("no warning about the intent", () => {
  for (const file of files)
    test(`for ${file}`, () => {
      const codes = told(readFileSync(file, "utf8"), file).map(({ code }) => code);
      assert.deepEqual(codes, wanted[file] ?? []);
    });
  test("for configs on the documentation pages", () => {
    assert.ok(written.length > 0);
    assert.deepEqual(
      written.flatMap((text) => told(text, "page").map(renderProblem)),
      [],
    );
  });
});

test("a config with errors elsewhere still gets its warnings about events", () => {
  const config = `apiVersion: v2
actions:
  - name: a
    events: [{name: sh.keptn.event.test.trigered}]
    tasks: [{name: t}]
`;
  assert.deepEqual(
    told(config, "f").map(({ code }) => code),
    ["impossible-event-name"],
  );
});

test("a task behind a YAML anchor gets its warning once", () => {
  const config = `apiVersion: v2
actions:
  - name: a
    events: [{name: sh.keptn.event.test.triggered}]
    tasks: [&t {name: t, image: "alpine:3.20", cmd: [ls -la]}, *t]
`;
  assert.equal(told(config, "f").length, 1);
});

test("plausible amounts get no warning", () => {
  const config = `apiVersion: v2
actions:
  - name: a
    events: [{name: sh.keptn.event.test.triggered}]
    tasks:
      - name: t
        image: alpine:3.20
        maxPollDuration: 600
        ttlSecondsAfterFinished: 0
        securityContext: {runAsUser: 00, runAsGroup: 0o17}
        resources: {limits: {cpu: 100m, memory: 64Mi}, requests: {memory: "0"}}
      - name: u
        image: alpine:3.20
        maxPollDuration: 07
        files: ["app/[id].js", "a b.txt", "Foo$Bar.class", keptn/x.yaml]
        resources: {limits: {memory: "8388608"}, requests: {memory: 1Mi}}
      - name: v
        image: alpine:3.20
        workingDir: C:\\app
        files: [/keptn/x.yaml]
        cmd: [cat, /keptn/keptn/x.yaml]
`;
  assert.deepEqual(told(config, "f").map(renderProblem), []);
});
