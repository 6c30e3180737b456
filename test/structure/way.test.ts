// How many files somebody has to open who follows one Keptn event to its released Job, and one Job change to `.finished`: those of functions/
// in which code runs then. Leaves do not count: adapters, schemas, parsers, what stands on a Job, and how a Job and a pod look.
import assert from "node:assert/strict";
import { Session } from "node:inspector/promises";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { finishTask } from "../../functions/finish-task/handler.ts";
import { startJob } from "../../functions/start-job/handler.ts";
import { openWorld } from "../doubles/world.ts";

/** Known without opening them. */
const leaves = [
  ...["http", "disk", "keptn", "kubernetes", "files", "host"].map((room) => `lib/${room}/`),
  ...[
    "annotations",
    "config",
    "event",
    "files",
    "job",
    "json",
    "jsonpath",
    "pod",
    "policy",
    "settings",
    "text",
    "yaml",
  ].map((room) => `lib/core/${room}/`),
  ...[
    "lib/core/object-meta.ts",
    "lib/core/problem.ts",
    "lib/io-error.ts",
    "lib/process.ts",
    "lib/retry.ts",
    "lib/wait-for-all.ts",
    "lib/run/ports.ts",
    "lib/budget.ts",
    "cli/local/",
  ],
];

const functions = pathToFileURL("functions/").href;
const type = "sh.keptn.event.deployment.triggered";
const config = `apiVersion: v2\nactions: [{name: deploy, events: [{name: ${type}}], tasks: [{name: first, image: alpine}]}]`;

/** @returns the files in which a function is called meanwhile; that a module is loaded does not count */
const filesCalledBy = async (act: () => Promise<unknown>): Promise<string[]> => {
  const session = new Session();
  session.connect();
  await session.post("Profiler.enable");
  await session.post("Profiler.startPreciseCoverage", { callCount: true, detailed: false });
  await act();
  const { result } = await session.post("Profiler.takePreciseCoverage");
  session.disconnect();
  const called = result.filter(({ url, functions: all }) => {
    const inner = all.filter(({ ranges, functionName }) => functionName !== "" || ranges[0]?.startOffset !== 0);
    return url.startsWith(functions) && inner.some(({ ranges }) => (ranges[0]?.count ?? 0) > 0);
  });
  return called
    .map(({ url }) => url.slice(functions.length))
    .filter((file) => !leaves.some((leaf) => file.startsWith(leaf)));
};

const most = { start: 18, finish: 18 } as const;

test(`an event to its released Job: at most ${most.start} files`, async (context) => {
  const world = await openWorld(context);
  world.configure(config);
  const event = world.keptn.trigger({ type });
  const files = await filesCalledBy(() => startJob(world.ports)(event));
  assert.equal(world.jobs()[0]?.spec?.suspend, false);
  context.diagnostic(`${files.length} files: ${files.join(", ")}`);
  assert.ok(files.length <= most.start, files.join("\n"));
});

test(`a change of a Job to .finished: at most ${most.finish} files`, async (context) => {
  const world = await openWorld(context);
  world.configure(config);
  await startJob(world.ports)(world.keptn.trigger({ type }));
  const [job] = world.jobs();
  assert.ok(job);
  world.end(job, { exitCode: 0 });
  const change = { specversion: "1.0", type: "dev.knative.apiserver.resource.update", data: world.jobs()[0] };
  const files = await filesCalledBy(() => finishTask(world.ports, new Set())(change));
  assert.equal(world.sent("finished").length, 1);
  context.diagnostic(`${files.length} files: ${files.join(", ")}`);
  assert.ok(files.length <= most.finish, files.join("\n"));
});
