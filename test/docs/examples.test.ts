// Examples in docs/ are whole: their configs have no mistake, their events start every action, their files are there.
import assert from "node:assert/strict";
import { existsSync, globSync, readFileSync } from "node:fs";
import { basename } from "node:path";
import { describe, test } from "node:test";
import { parseEnv } from "node:util";
import { lintJobConfig } from "../../functions/cli/lint/lint.ts";
import { parseJobConfig } from "../../functions/lib/core/config/parse.ts";
import type { JobConfig } from "../../functions/lib/core/config/schema.ts";
import { parseKeptnEvent } from "../../functions/lib/core/event/keptn-event.ts";
import { planRuns } from "../../functions/lib/core/plan/plan.ts";
import { parseSettings } from "../../functions/lib/core/settings/settings.ts";
import { blocksOf } from "./pages.ts";

const folders = globSync("docs/examples/*").sort();
const cookbook = readFileSync("docs/cookbook.md", "utf8");
const configFile = "job/config.yaml";

const readConfig = (folder: string): string => readFileSync(`${folder}/${configFile}`, "utf8");

const configOf = (folder: string): JobConfig => {
  const { config } = parseJobConfig(readConfig(folder), configFile);
  assert.ok(config);
  return config;
};

/** What the example asks of the operator. */
const settingsIn = (folder: string): Record<string, string | undefined> => {
  const file = `${folder}/settings.env`;
  return existsSync(file) ? parseEnv(readFileSync(file, "utf8")) : {};
};

const planOf = (folder: string) => {
  const parsed = parseKeptnEvent(JSON.parse(readFileSync(`${folder}/event.json`, "utf8")));
  const settings = parseSettings(settingsIn(folder));
  assert.ok(parsed.kind === "event" && "settings" in settings);
  return planRuns({ event: parsed.event, configText: readConfig(folder), configFile, settings: settings.settings });
};

for (const folder of folders) {
  describe(`the example ${basename(folder)}`, () => {
    test("has no mistake", () => {
      assert.deepEqual(lintJobConfig(readConfig(folder), configFile, { allowPrivilegedJobs: false }), []);
    });
    test("has an event that starts each of its actions", () => {
      const planned = planOf(folder);
      assert.ok(planned.kind === "run");
      assert.deepEqual(
        planned.runs.filter(({ refused }) => refused !== undefined),
        [],
      );
      assert.deepEqual(
        planned.actions.filter(({ matches }) => !matches),
        [],
      );
    });
    test("has the files that its tasks take", () => {
      const entries = configOf(folder).actions.flatMap(({ tasks }) => tasks.flatMap(({ files }) => files ?? []));
      assert.deepEqual(
        entries.filter((entry) => !existsSync(`${folder}/${entry}`)),
        [],
      );
    });
    test("is in the cookbook, with the Secrets that it wants", () => {
      assert.ok(cookbook.includes(`](examples/${basename(folder)}`));
      const env = configOf(folder).actions.flatMap(({ tasks }) => tasks.flatMap((task) => task.env ?? []));
      const secrets = env
        .filter(({ valueFrom }) => valueFrom === "secret")
        .map(({ name, secret }) => `\`${secret?.name ?? name}\``);
      assert.deepEqual(
        secrets.filter((name) => !cookbook.includes(name)),
        [],
      );
    });
  });
}

test("there are thirteen and the first one", () => assert.ok(folders.length >= 14));

test("what the cookbook shows stands in an example, line for line", () => {
  const sources = globSync("docs/examples/**/*.{yaml,sh,py,env}").map((file) => bare(readFileSync(file, "utf8")));
  const blocks = blocksOf(cookbook).filter(({ language }) => language !== "sh");
  assert.ok(blocks.length >= 8);
  assert.deepEqual(
    blocks.filter(({ text }) => !sources.some((source) => source.includes(bare(text)))),
    [],
  );
});

/** However deep it is indented. */
const bare = (text: string): string =>
  text
    .split("\n")
    .map((line) => line.trim())
    .join("\n");
