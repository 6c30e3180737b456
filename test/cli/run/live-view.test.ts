// The timeline of `job-executor run` on a terminal, without containers.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { stripVTControlCharacters } from "node:util";
import { activeStatus, endedStatuses, pausedStatus } from "../../../functions/cli/local/job-status.ts";
import { makePod } from "../../../functions/cli/local/pod.ts";
import { makeProgress } from "../../../functions/cli/run/progress.ts";
import { annotation } from "../../../functions/lib/core/annotations/annotations.ts";
import type { Job, Pod } from "../../../functions/lib/core/kubernetes.ts";
import { planRuns } from "../../../functions/lib/core/plan/plan.ts";
import { parseSettings } from "../../../functions/lib/core/settings/settings.ts";
import { makeScreen, makeTerminal } from "../../doubles/terminal.ts";

const event = {
  ...{ id: "e", type: "sh.keptn.event.test.triggered", source: "shipyard-controller", shkeptncontext: "c" },
  data: { project: "sockshop", stage: "dev", service: "carts" },
};
const configText = `apiVersion: v2
actions:
  - name: test
    events: [{name: sh.keptn.event.test.triggered}]
    tasks: [{name: fetch, image: a, files: [x]}, {name: load, image: a}, {name: never, image: a}]
`;

const graphText = `apiVersion: v2
actions:
  - name: test
    events: [{name: sh.keptn.event.test.triggered}]
    tasks: [{name: lint, image: a, onError: warn}, {name: load, image: a, retries: 1}, {name: undo, image: a, when: failure}]
`;

const begin = (screens: "terminal" | "pipe", verbose = false, text = configText) => {
  const parsed = parseSettings({});
  assert.ok("settings" in parsed);
  const plan = planRuns({ event, configText: text, configFile: "config.yaml", settings: parsed.settings });
  assert.ok(plan.kind === "run");
  let ms = Date.parse("2026-01-02T03:04:05Z");
  const now = () => new Date(ms);
  const screen = makeScreen({ columns: 80, rows: 30 });
  const terminal = makeTerminal(now, screens === "terminal" ? { stdout: screen, stderr: screen } : {});
  const progress = makeProgress(terminal, { event, plans: plan.runs, runtime: "process", verbose });
  const [first, second, third] = plan.runs[0]!.jobs as [Job, Job, Job];
  const change = (job: Job, changed: { suspend?: boolean; status?: Job["status"]; deleted?: true }) =>
    progress.onChange({
      ...job,
      metadata: {
        ...job.metadata!,
        annotations: { ...job.metadata?.annotations, [annotation.announced]: now().toISOString() },
        ...(changed.deleted && { deletionTimestamp: now().toISOString() }),
      },
      spec: { ...job.spec!, suspend: changed.suspend ?? false },
      ...(changed.status && { status: changed.status }),
    });
  const podOf = (job: Job, phase: string): Pod => {
    const pod = makePod(job, { name: "p", uid: "u", now: now() });
    const state = { terminated: { exitCode: phase === "Succeeded" ? 0 : 3, reason: "Error" } };
    const containerStatuses = pod.status!.containerStatuses!.map((status) => ({ ...status, state }));
    return { ...pod, status: { phase, containerStatuses } };
  };
  const end = (job: Job, how: "succeeded" | "failed") => {
    progress.onEnd(job, podOf(job, how === "succeeded" ? "Succeeded" : "Failed"));
    for (const status of endedStatuses(activeStatus(now()), how, now())) change(job, { status });
  };
  const pass = (seconds: number) => {
    ms += seconds * 1000;
  };
  return { progress, screen, terminal, jobs: [first, second, third] as const, change, end, pass, now };
};

const play = ({ progress, jobs: [first, second, third], change, end, pass, now }: ReturnType<typeof begin>) => {
  progress.begin("process");
  pass(1);
  progress.onStart(first);
  change(first, { status: activeStatus(now()) });
  pass(1);
  change(first, { status: { ...activeStatus(now()), ready: 1 } });
  progress.onOutput(first, "c", Buffer.from("fetched\n"));
  pass(2);
  end(first, "succeeded");
  progress.onStart(second);
  change(second, { status: { ...activeStatus(now()), ready: 1 } });
  pass(4);
  end(second, "failed");
  change(third, { suspend: true, deleted: true });
  change(third, { suspend: true, deleted: true });
  progress.onEvent({
    ...{ specversion: "1.0", id: "f", time: now().toISOString(), type: "sh.keptn.event.test.finished" },
    ...{
      source: "job-executor-service",
      contenttype: "application/json",
      datacontenttype: "application/json",
      shkeptncontext: "c",
      triggeredid: "e",
    },
    ...{ shkeptnspecversion: "0.2.4", data: { result: "fail", status: "succeeded", message: "long\n".repeat(99) } },
  });
  return progress.end();
};

describe("a local run on a terminal", () => {
  test("shows its tasks as bars below all output, and why one failed", () => {
    const world = begin("terminal");
    assert.equal(play(world), false);
    assert.deepEqual(world.screen.lines().slice(3), [
      "  fetch │ fetched",
      "✖ load (4.0 s): exit code 3.",
      "  ✉ sh.keptn.event.test.finished: result fail, status succeeded",
      "",
      "  ✔ fetch  ·······───────━━━━━━━━━━━━━━━━                                     3s",
      "  ✖ load   ·····························━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━       4s",
      "  - never                                                                not run",
      "Action 'test': result fail, status succeeded.",
    ]);
    assert.equal(world.screen.isCursorHidden(), false);
  });
  test("shows a tolerated failure, each try of a task, and why one never ran", () => {
    const { progress, screen, jobs, change, end, pass, now } = begin("terminal", false, graphText);
    const [lint, load, undo] = jobs;
    progress.begin("process");
    progress.onStart(lint);
    change(lint, { status: { ...activeStatus(now()), ready: 1 } });
    pass(2);
    end(lint, "failed");
    change(load, { status: { ...activeStatus(now()), ready: 1 } });
    pass(2);
    change(load, { status: pausedStatus(activeStatus(now())) });
    pass(1);
    change(load, { status: { ...activeStatus(now()), ready: 1, failed: 1 } });
    pass(2);
    end(load, "succeeded");
    change(undo, { suspend: true });
    progress.end();
    assert.deepEqual(screen.lines().slice(-5, -1), [
      "  ! lint  ━━━━━━━━━━━━━━━━━                                                   2s",
      "  ✔ load  ·················━━━━━━━━━━━━━━━━━·········━━━━━━━━━━━━━━━━━━       5s",
      "  - undo                                                                 not run",
      "- undo did not run: none of the tasks that it waits for failed.",
    ]);
  });
  test("ends its timeline when interrupted", () => {
    const world = begin("terminal");
    world.progress.begin("process");
    world.progress.close();
    world.progress.close();
    assert.match(world.screen.lines().at(-1) ?? "", /- never +not run$/);
    assert.equal(world.screen.isCursorHidden(), false);
  });
});

for (const [name, world] of [
  ["elsewhere", () => begin("pipe")],
  ["with --verbose", () => begin("terminal", true)],
] as const) {
  test(`a local run ${name} is printed line by line, with complete events`, () => {
    const run = world();
    play(run);
    const said = run.terminal.stderr.map((line) => stripVTControlCharacters(line));
    assert.deepEqual(said.slice(2), [
      "▶ fetch",
      "  fetch │ fetched",
      "✔ fetch (3.0 s)",
      "▶ load",
      "✖ load (4.0 s): exit code 3.",
      "Action 'test': result fail, status succeeded.",
    ]);
    assert.equal(JSON.parse(run.terminal.stdout[0] ?? "").data.result, "fail");
  });
}
