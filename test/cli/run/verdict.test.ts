// From the text that a task's shell writes to KEPTN_RESULT to the event sent to Keptn: each folder of test/golden/finished is a case.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { envelopeOf, type KeptnEvent, parseKeptnEvent } from "../../../functions/lib/core/event/keptn-event.ts";
import { parseJson } from "../../../functions/lib/core/json/exact-json.ts";
import type { Job } from "../../../functions/lib/core/kubernetes.ts";
import { planRuns } from "../../../functions/lib/core/plan/plan.ts";
import { makeFinished } from "../../../functions/lib/core/report/finished-event.ts";
import { parseResult } from "../../../functions/lib/core/report/result.ts";
import { parseSettings } from "../../../functions/lib/core/settings/settings.ts";
import { goldenCases } from "../../golden.ts";

const eventOf = (json: string): KeptnEvent => {
  const parsed = parseKeptnEvent(parseJson(json));
  assert.ok(parsed.kind === "event", JSON.stringify(parsed));
  return parsed.event;
};

const jobsOf = (event: KeptnEvent, configText: string): readonly Job[] => {
  const parsed = parseSettings({});
  assert.ok("settings" in parsed);
  const plan = planRuns({ event, configText, configFile: "job/config.yaml", settings: parsed.settings });
  assert.ok(plan.kind === "run", JSON.stringify(plan.problems));
  return plan.runs.flatMap(({ jobs }) => jobs);
};

/** Runs the task's command as its container would. */
const resultOf = (job: Job): string => {
  const { command = [], args = [] } = job.spec?.template.spec?.containers[0] ?? {};
  const folder = mkdtempSync(join(tmpdir(), "finished-"));
  try {
    const [program = "", ...rest] = [...command, ...args];
    const file = join(folder, "result");
    const { status, stderr } = spawnSync(program, rest, { env: { ...process.env, KEPTN_RESULT: file } });
    assert.equal(status, 0, String(stderr));
    return readFileSync(file, "utf8");
  } finally {
    rmSync(folder, { recursive: true });
  }
};

const passed = { task: "T", passed: true, ranToEnd: true, containers: [] };

for (const { name, read, check } of goldenCases("finished")) {
  test(`finished: ${name.replaceAll("-", " ")}`, () => {
    const event = eventOf(read("event.json") ?? "");
    const results = jobsOf(event, read("config.yaml") ?? "").map((job) => parseResult(resultOf(job)));
    const reports = results.map(() => passed);
    const finished = makeFinished({ event: envelopeOf(event), source: "s", reports, results, maxBytes: 49_152 });
    check("finished.json", `${JSON.stringify(finished.data, undefined, 2)}\n`);
  });
}
