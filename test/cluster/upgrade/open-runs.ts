// Runs that one version of the functions leaves open, each in another state, when its processes are killed.
import { setTimeout as sleep } from "node:timers/promises";
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

/** @param wait the command that keeps a task running until the next version is there */
export const makeConfig = (wait: string): string => {
  const slow = [task("only", wait)];
  const actions = [
    action("redelivered", "redelivered", slow), // the first: docs/install.md says which limit others have
    action("ended", "ended", [task("only", "echo only output")]),
    action("running", "running", [task("first", `${wait}; echo first output`), task("second", "echo second output")]),
    action("failed", "failed", [task("first", "echo it broke; exit 3"), task("second", "echo never")]),
    action("silent", "silent", slow, "silent: true"),
    action("quick-of-two", "both", [task("only", "echo quick output")]),
    action("slow-of-two", "both", slow),
    action("unannounced", "unannounced", slow),
  ];
  return `apiVersion: v2\nactions:\n${actions.join("")}`;
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
  for (const [name, wanted] of Object.entries(phases)) {
    const event = events[name as RunName];
    const isThere = async () => {
      const found = await phasesOf(installation, event);
      // On a slow machine, start-job may leave a run to the next delivery.
      if (/^waiting(,waiting)*$/.test(found)) await deliver(startJob.url, { ...event });
      return found === wanted;
    };
    await until(`${name}: ${wanted}`, isThere, 240);
  }
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
  keptn.fault({ on: /^POST v1\/event/, kind: "hang", times: Number.POSITIVE_INFINITY });
  const [job] = (await jobsOf(installation, failed)).filter((one) => phaseOf(one) === "failed");
  const dead = new AbortController();
  const sending = [
    ...[unannounced, redelivered].map((event) => sendUntil(dead.signal, startJob.url, structuredRequestOf(event))),
    sendUntil(dead.signal, finishTask.url, requestOfChange("update", job ?? {})),
  ];
  const areCreated = async () =>
    (await Promise.all([unannounced, redelivered].map((event) => jobsOf(installation, event)))).flat().length === 2;
  const isReporting = async () => (await jobsOf(installation, failed)).some(isEndNoted);
  const [what, seconds] = ["two runs are created, and one is being reported", 240];
  await until(what, async () => (await areCreated()) && (await isReporting()), seconds).finally(() => dead.abort());
  await Promise.all([startJob, finishTask].map(kill));
  await Promise.all(sending);
  keptn.clearFaults();
};

/** Again and again, as a Broker does. */
const sendUntil = async (signal: AbortSignal, url: string, request: RequestInit): Promise<void> => {
  while (!signal.aborted) {
    await fetch(url, { ...request, signal }).catch(() => undefined);
    await sleep(200);
  }
};

const isEndNoted = ({ metadata }: Job): boolean => metadata?.annotations?.[annotation.end] !== undefined;

const kill = async (program: FunctionProcess): Promise<void> => {
  process.kill(program.pid(), "SIGKILL");
  await program.stop();
};
