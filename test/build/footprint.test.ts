// What every cold start pays for does not grow unnoticed: the size of each bundle, and what is loaded before the first event.
import assert from "node:assert/strict";
import { test } from "node:test";
import { describeBundle } from "../../build/bundle.ts";
import { programNames } from "../../build/programs.ts";
import { checkFile } from "../golden.ts";
import { type Contents, contentsOf } from "./contents.ts";

/** In bytes: room for a few more sentences, none for another library. */
const most: Readonly<Record<(typeof programNames)[number], number>> = {
  "start-job": 1_640_000,
  "finish-task": 1_410_000, // with what a task takes from others: JSONPath, loaded by runs that have it
  "fetch-files": 310_000,
  "keptn-source": 780_000,
};

const render = ({ atStart, later, node }: Contents): string => {
  const list = (counts: Readonly<Record<string, number>>) =>
    Object.entries(counts).map(([name, count]) => (name.endsWith("/") ? `  ${name}` : `  ${name} ${count}`));
  const lines = ["at the start", ...list(atStart), "later", ...list(later), "Node's", ...node.map((it) => `  ${it}`)];
  return `${lines.join("\n")}\n`;
};

for (const name of programNames) {
  test(`${name} loads what it did, and is no larger`, async () => {
    const { meta, bytes } = await describeBundle(name);
    assert.ok(bytes < most[name], `the bundle of ${name} has ${bytes} bytes`);
    assert.ok(bytes > most[name] / 1.2, `${bytes} bytes are so few that the bound can be lowered`);
    checkFile(new URL(`../golden/footprint/${name}.txt`, import.meta.url).pathname, render(contentsOf(meta)));
  });
}
