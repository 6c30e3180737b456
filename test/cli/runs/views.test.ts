// How runs look as table, detail, board, JSON and diagram: each folder of test/golden/runs at a fixed time.
import assert from "node:assert/strict";
import { test } from "node:test";
import { stripVTControlCharacters, styleText } from "node:util";
import { renderBoard } from "../../../functions/cli/runs/render-board.ts";
import { renderDetail } from "../../../functions/cli/runs/render-detail.ts";
import { renderGantt } from "../../../functions/cli/runs/render-gantt.ts";
import { renderTable } from "../../../functions/cli/runs/render-table.ts";
import type { Format } from "../../../functions/cli/terminal.ts";
import { widthOf } from "../../../functions/cli/timeline/text-width.ts";
import { type RunView, readRuns, viewRun } from "../../../functions/lib/core/view/run-view.ts";
import { goldenCases } from "../../golden.ts";
import { makeTestPod, type TestPod } from "../../pods.ts";
import { makeJobs, type TestRun, testEvent } from "../../runs.ts";

interface Case {
  readonly now: string;
  readonly runs: readonly (Omit<TestRun, "event"> & {
    readonly event?: Partial<typeof testEvent>;
    /** For its running task, or for the last one that ended. */
    readonly pod?: TestPod;
    readonly podOf?: number;
    /** For concurrent tasks, or for one that was retried: newest last. */
    readonly pods?: readonly (TestPod & { readonly of: number })[];
  })[];
}

const settings = {
  CLAIM_LEASE_SECONDS: 30,
  CREATE_GRACE_SECONDS: 300,
  START_GRACE_SECONDS: 60,
  START_DEADLINE_SECONDS: 600,
};

const viewsOf = ({ now, runs }: Case): RunView[] => {
  const made = runs.map(({ event, pod, podOf, pods = [], ...run }, index) => {
    const jobs = makeJobs({ ...run, event: { ...testEvent, id: `event-${index}`, ...event } });
    const one = pod ? [{ ...pod, of: podOf ?? run.phases.indexOf("running") }] : [];
    const made = [...one, ...pods].flatMap(({ of, ...given }) => (jobs[of] ? [makeTestPod(jobs[of], given)] : []));
    return { jobs, pods: made };
  });
  const pods = made.flatMap((one) => one.pods);
  const warnings = new Map(pods.map(({ metadata }) => [metadata?.uid ?? "", []]));
  const sight = { nowMs: Date.parse(now), pods, warnings, timer: "missing" as const, settings };
  return readRuns(made.flatMap(({ jobs }) => jobs)).map((run) => viewRun(run, sight));
};

const plain = (_: Format, text: string) => text;
const coloured = (format: Format, text: string) => styleText(format, text, { validateStream: false });

for (const { name, read, check } of goldenCases("runs")) {
  const given: Case = JSON.parse(read("case.json") ?? "{}");
  const views = viewsOf(given);
  const nowMs = Date.parse(given.now);

  test(`${name.replaceAll("-", " ")}: looks as it should`, () => {
    const table = (columns: number | undefined) => renderTable(views, { columns, style: plain, namespaces: false });
    const canvas = { columns: 80, rows: 60, nowMs, style: plain, namespaces: false };
    check("table.txt", `${table(undefined)}\n`);
    check("table-80.txt", `${table(80)}\n`);
    check("table-140.txt", `${table(140)}\n`);
    check("board-80.txt", `${renderBoard(views, canvas).join("\n")}\n`);
    check("detail-80.txt", `${views.map((view) => renderDetail(view, canvas)).join("\n\n")}\n`);
    check("runs.json", `${JSON.stringify({ runs: views }, undefined, 2)}\n`);
    check("runs.mmd", `${renderGantt(views, nowMs)}\n`);
  });

  for (const columns of [40, 80, 100, 140]) {
    test(`${name.replaceAll("-", " ")}: fits a terminal of ${columns} columns, and colours do not change the width`, () => {
      const canvas = { columns, rows: 60, nowMs, style: coloured, namespaces: columns > 100 };
      for (const line of [...renderBoard(views, canvas), ...renderTable(views, canvas).split("\n")]) {
        const shown = stripVTControlCharacters(line);
        if (columns >= 80) assert.ok(widthOf(shown) <= columns, `${widthOf(shown)} columns: ${shown}`);
      }
      const uncoloured = renderBoard(views, { ...canvas, style: plain }).join("\n");
      assert.equal(stripVTControlCharacters(renderBoard(views, canvas).join("\n")), uncoloured);
      assert.doesNotMatch(uncoloured, /[^\P{Cc}\n]/u);
    });
  }

  test(`${name.replaceAll("-", " ")}: foreign text cannot end a name or begin a line in a diagram`, () => {
    const [, , , , ...lines] = renderGantt(views, nowMs).split("\n");
    const text = /(?:[^\p{Cc}#"<>&:;%{}]|#\d+;)+/u.source;
    const line = new RegExp(
      `^  (?:section ${text}|%% [^\\p{Cc}]+|${text} :(?:done, |crit, |active, |milestone, )?\\d+, \\d+)$`,
      "u",
    );
    for (const one of lines) assert.match(one, line);
  });
}
