// Dashboard, alerts and the page of keptn-source name metrics that exist.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, test } from "node:test";
import { makeMetrics } from "../../functions/keptn-source/metrics.ts";
import { blocksOf } from "./pages.ts";

interface Panel {
  readonly id: number;
  readonly type: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets?: readonly { readonly expr: string }[];
}

const dashboardFile = "docs/grafana/job-executor.json";
const dashboard: { readonly panels: readonly Panel[] } = JSON.parse(readFileSync(dashboardFile, "utf8"));
const expressions = dashboard.panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr));

const existing = async (): Promise<ReadonlySet<string>> => {
  const metrics = makeMetrics({ waiting: () => 0, oldestWaitingSeconds: () => 0, connected: () => true });
  const { text } = await metrics.render();
  return new Set([...text.matchAll(/^# TYPE (\S+)/gm)].map(([, name = ""]) => name));
};

const namedIn = (text: string): string[] =>
  [...text.matchAll(/keptn_source_\w+/g)].map(([name]) => name.replace(/_(bucket|count|sum)$/, ""));

describe("metrics of keptn-source", () => {
  const alerts = blocksOf(readFileSync("docs/operating.md", "utf8")).map(({ text }) => text);
  const places = {
    [dashboardFile]: expressions.join("\n"),
    "docs/operating.md": alerts.join("\n"),
    "docs/keptn-source.md": readFileSync("docs/keptn-source.md", "utf8"),
  };
  for (const [place, text] of Object.entries(places)) {
    test(`that ${place} names exist`, async () => {
      const known = await existing();
      assert.ok(namedIn(text).length > 3);
      assert.deepEqual(
        namedIn(text).filter((name) => !known.has(name)),
        [],
      );
    });
  }
  test("are all on the dashboard", async () => {
    const shown = namedIn(expressions.join("\n"));
    assert.deepEqual(
      [...(await existing())].filter((name) => name.startsWith("keptn_source_") && !shown.includes(name)),
      [],
    );
  });
});

describe("the dashboard", () => {
  test("has parentheses that close", () => {
    const unbalanced = expressions.filter((text) => !isBalanced(text));
    assert.deepEqual(unbalanced, []);
  });
  test("has panels that do not overlap", () => {
    const overlapping = dashboard.panels.filter((one) =>
      dashboard.panels.some((other) => other.id !== one.id && overlap(one, other)),
    );
    assert.deepEqual(overlapping, []);
  });
});

const isBalanced = (text: string): boolean => {
  const bare = text.replace(/"[^"]*"/g, "");
  return ["()", "[]", "{}"].every(([open = "", close = ""]) => bare.split(open).length === bare.split(close).length);
};

const overlap = ({ gridPos: a }: Panel, { gridPos: b }: Panel): boolean =>
  a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;
