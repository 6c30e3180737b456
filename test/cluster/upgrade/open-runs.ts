// Runs that one version of the functions leaves open, each in another state, when its processes are killed.
import { annotation } from "../../../functions/lib/core/annotations/annotations.ts";
import type { KeptnEvent } from "../../../functions/lib/core/event/keptn-event.ts";
import type { Job } from "../../../functions/lib/core/kubernetes.ts";
import { phaseOf } from "../../../functions/lib/core/run/run-state.ts";
import type { KeptnDouble } from "../../doubles/keptn/keptn-double.ts";
import { requestOfChange, structuredRequestOf } from "../../doubles/requests.ts";
import { deliver } from "../harness/adapter.ts";
import type { FunctionProcess } from "../harness/function-process.ts";
import { jobsOf } from "../harness/pods.ts";
import { testImage, until } from "../harness/world.ts";
import type { Installation } from "./installation.ts";
import type { Version } from "./versions.ts";

export const typeOf = (name: string): string => `sh.keptn.event.${name}.triggered`;

export const task = (name: string, script: string, more = ""): string =>
  `{name: ${name}, image: ${testImage}, imagePullPolicy: IfNotPresent, cmd: ["sh", "-c", ${JSON.stringify(script)}]${more && `, ${more}`}}`;

export const action = (name: string, event: string, tasks: readonly string[], more = ""): string =>
  `  - {name: ${name}, events: [{name: ^${typeOf(event)}$}], tasks: [${tasks.join(", ")}]${more && `, ${more}`}}\n`;

/**
 * @param wait the command that keeps a task running until the next version is there
 * @param place of the action whose event is redelivered
 */
export const makeConfig = (wait: string, place: "first" | "last"): string => {
  const slow = [task("only", wait)];
  const redelivered = action("redelivered", "redelivered", slow);
  const actions = [
    action("ended", "ended", [task("only", "echo only output")]),
    action("running", "running", [task("first", `${wait}; echo first output`), task("second", "echo second output")]),
    action("failed", "failed", [task("first", "echo it broke; exit 3"), task("second", "echo never")]),
    action("silent", "silent", slow, "silent: true"),
    action("quick-of-two", "both", [task("only", "echo quick output")]),
    action("slow-of-two", "both", slow),
    action("unannounced", "unannounced", slow),
  ];
  const all = place === "first" ? [redelivered, ...actions] : [...actions, redelivered];
  return `apiVersion: v2\nactions:\n${all.join("")}`;
};

export const names = ["ended", "running", "failed", "silent", "both", "unannounced", "redelivered"] as const;
export type RunName = (typeof names)[number];
const phases: Readonly<Partial<Record<RunName, string>>> = {
  ended: "succeeded",
  running: "running,waiting",
  failed: "failed,waiting",
  silent: "running",
  both: "running,succeeded",
};
export type OpenRuns = Readonly<Record<RunName, KeptnEvent>>;

interface World {
  readonly installation: Installation;
  readonly keptn: KeptnDouble;
}

/** Nothing tells finish-task of Jobs meanwhile, so ended tasks stay unreported. @param more further events */
export const openRuns = async (
  { installation, keptn }: World,
  version: Version,
  more: readonly KeptnEvent[] = [],
): Promise<OpenRuns> => {
  const [startJob, finishTask] = await Promise.all([
    installation.start(version, "start-job"),
    installation.start(version, "finish-task"),
  ]);
  const events = Object.fromEntries(names.map((name) => [name, keptn.trigger({ type: typeOf(name) })])) as OpenRuns;
  const started = [events.ended, events.running, events.failed, events.silent, events.both, ...more];
  await Promise.all(started.map((event) => deliver(startJob.url, { ...event })));
  for (const [name, wanted] of Object.entries(phases))
    await until(
      `${name}: ${wanted}`,
      async () => (await phasesOf(installation, events[name as RunName])) === wanted,
      240,
    );
  await dieWhileSending({ installation, keptn }, { startJob, finishTask }, events);
  return events;
};

const phasesOf = async (installation: Installation, event: KeptnEvent): Promise<string> =>
  (await jobsOf(installation, event)).map(phaseOf).sort().join();

/** Keptn stops responding, and the processes die while they announce two runs and report one. */
const dieWhileSending = async (
  { installation, keptn }: World,
  { startJob, finishTask }: Readonly<Record<"startJob" | "finishTask", FunctionProcess>>,
  { failed, unannounced, redelivered }: OpenRuns,
): Promise<void> => {
  const send = (url: string, request: RequestInit) => void fetch(url, request).catch(() => undefined);
  const sent = () => keptn.calls.filter((call) => call.startsWith("POST v1/event")).length;
  const before = sent();
  keptn.fault({ on: /^POST v1\/event/, kind: "hang", times: Number.POSITIVE_INFINITY });
  for (const event of [unannounced, redelivered]) send(startJob.url, structuredRequestOf(event));
  const [job] = (await jobsOf(installation, failed)).filter((one) => phaseOf(one) === "failed");
  send(finishTask.url, requestOfChange("update", job ?? {}));
  await until("two runs are created, and one is being reported", async () => {
    const [jobs, reporting] = await Promise.all([
      Promise.all([unannounced, redelivered].map((event) => jobsOf(installation, event))),
      jobsOf(installation, failed),
    ]);
    return jobs.flat().length === 2 && reporting.some(isEndNoted) && sent() - before >= 3;
  });
  await Promise.all([startJob, finishTask].map(kill));
  keptn.clearFaults();
};

const isEndNoted = ({ metadata }: Job): boolean => metadata?.annotations?.[annotation.end] !== undefined;

const kill = async (program: FunctionProcess): Promise<void> => {
  process.kill(program.pid(), "SIGKILL");
  await program.stop();
};
