// What Keptn and people see of runs, for pods in every state: each folder of test/golden/report is a case.
import assert from "node:assert/strict";
import { test } from "node:test";
import { goldenCases } from "../../golden.ts";
import { playReport } from "./report-case.ts";

for (const { name, read, check } of goldenCases("report")) {
  test(`report: ${name.replaceAll("-", " ")}`, async () => {
    const [config, event, pods] = ["config.yaml", "event.json", "pods.json"].map(read);
    assert.ok(config && event && pods, `${name} lacks config.yaml, event.json or pods.json`);
    const settings = JSON.parse(read("settings.json") ?? "{}");
    const [warnings, log] = [read("warnings.txt") ?? "", read("log.txt") ?? ""];
    const { finished, runs } = await playReport({ config, event, pods, warnings, log, settings });
    const { id: _, time: __, ...told } = finished ?? { id: "", time: "" };
    check("finished.json", finished && `${JSON.stringify(told, undefined, 2)}\n`);
    check("runs.txt", `${runs}\n`);
  });
}
