// What an editor with yaml-language-server says about a job config that names the schema in its first line.
import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { after, before, describe, test } from "node:test";
import { type Completion, type LanguageServer, type Position, startLanguageServer } from "./language-server.ts";

const deadlineMs = 60_000;
const file = resolve("docs/examples/editor/job/config.yaml");
const modeline = "# yaml-language-server: $schema=../../../schema/job-config.schema.json\n";
const config = `${modeline}apiVersion: v2
actions:
  - name: Run locust
    events:
      - name: sh.keptn.event.test.triggered
    tasks:
      - name: Run locust
        image: locustio/locust
        env:
          - name: HOST
            value: $.data.deployment.deploymentURIsLocal[0]
            valueFrom: 
`;

/** Just behind the first occurrence of a text. */
const behind = (text: string, words: string): Position => {
  const lines = text.slice(0, text.indexOf(words) + words.length).split("\n");
  return { line: lines.length - 1, character: lines.at(-1)?.length ?? 0 };
};

const textOf = ({ documentation = "" }: Completion): string =>
  typeof documentation === "string" ? documentation : documentation.value;

describe("an editor", { timeout: deadlineMs }, () => {
  let server: LanguageServer;
  before(async () => {
    server = await startLanguageServer();
  });
  after(() => server?.close());

  test("finds nothing wrong with the examples", async () => {
    for (const name of globSync("docs/examples/*/job/config.yaml")) {
      const example = resolve(name);
      const text = readFileSync(example, "utf8");
      const said = await server.open(example, text.startsWith(modeline) ? text : modeline + text);
      assert.deepEqual(said, [], name);
    }
  });
  test("underlines what is wrong where it stands", async () => {
    const text = config.replace("image: locustio", "imagee: locustio").replace("valueFrom: ", "valueFrom: secrets");
    const said = await server.open(resolve("docs/examples/wrong/job/config.yaml"), text);
    const at = (words: string) => said.filter(({ range }) => range.start.line === behind(text, words).line);
    assert.match(String(at("imagee")[0]?.message), /imagee/);
    assert.match(String(at("valueFrom: secrets")[0]?.message), /event.*secret.*configMap.*string/s);
  });
  test("says what a field means, with an example", async () => {
    await server.open(file, config);
    const said = await server.hover(file, behind(config, "        ima"));
    assert.match(said, /Container image to run/);
    assert.match(said, /locustio\/locust/);
    assert.match(await server.hover(file, behind(config, "valueF")), /Source of the value/);
  });
  test("completes the names of fields, and says what they mean", async () => {
    const text = config.replace("        env:", "        \n        env:");
    const other = resolve("docs/examples/completion/job/config.yaml");
    await server.open(other, text);
    const items = await server.complete(other, behind(text, "locustio/locust\n        "));
    const labels = items.map(({ label }) => label);
    for (const name of ["cmd", "args", "files", "maxPollDuration", "securityContext"])
      assert.ok(labels.includes(name), name);
    const unexplained = items.filter((item) => labels.includes(item.label) && textOf(item) === "");
    assert.deepEqual(unexplained, []);
  });
  test("completes the values that a field may have", async () => {
    const items = await server.complete(file, behind(config, "valueFrom: "));
    assert.deepEqual(items.map(({ label }) => label).sort(), ["configMap", "event", "secret", "string", "task"]);
  });
});
