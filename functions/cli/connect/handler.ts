// job-executor connect: has Keptn's webhook-service send a project's events to our Broker, so that no pod of ours has to wait for them.
import { keyOf, scheduleOf, wakesPerDay } from "../../lib/core/connect/connections.ts";
import { planConnect } from "../../lib/core/connect/plan-connect.ts";
import { describeSelection, type Selection } from "../../lib/core/connect/selection.ts";
import { IoError } from "../../lib/io-error.ts";
import { type ExitCode, exitCode } from "../exit-codes.ts";
import { usageError } from "../fault.ts";
import type { Terminal } from "../terminal.ts";
import { allow } from "./allow.ts";
import { chooseEvents, type Events, givenEvents, tellOverlaps } from "./events.ts";
import type { ConnectOptions, ConnectPorts, Session } from "./ports.ts";
import { probe } from "./probe.ts";
import { type KeptnView, readKeptn } from "./read-keptn.ts";
import { makeReport } from "./report.ts";
import { subscribe } from "./subscribe.ts";

/** @throws IoError, a usage error */
export const connect = async (options: ConnectOptions, ports: ConnectPorts, terminal: Terminal): Promise<ExitCode> => {
  const [selection, given] = [selectionFrom(options), givenEvents(options)];
  const schedule = scheduleFrom(options);
  const report = makeReport(terminal);
  const keptnView = await readKeptn(ports.keptn, selection, report);
  const url = keptnView && (await findBroker(options, ports));
  let events: Events | undefined;
  if (keptnView && url) {
    const session: Session = { ports, options, selection, integration: keptnView.integration, report };
    events = chooseEvents(given, session, keptnView);
    await connectWith(session, { keptnView, url, events, ...(schedule ? { schedule } : {}) });
  }
  if (options.format === "json")
    terminal.print(
      JSON.stringify({ ...selection, events: events?.subscribed ?? given, url, steps: report.steps }, undefined, 2),
    );
  return report.hasErrors() ? exitCode.failed : exitCode.ok;
};

interface Wanted {
  readonly keptnView: KeptnView;
  readonly url: string;
  readonly events: Events;
  readonly schedule?: string;
}

const connectWith = async (session: Session, { keptnView, url, events, schedule }: Wanted): Promise<void> => {
  const { options, selection, report } = session;
  report.add("ok", `Target of events of ${describeSelection(selection)}: ${url}.`);
  const plan = planConnect(selection, events.subscribed, keptnView);
  if (tellOverlaps(session, plan)) return;
  const removed = await allow(session, url);
  if (report.hasErrors()) return; // webhook-service would fail every event
  await subscribe(session, plan, url, keptnView);
  await note(session, { url, events: events.noted, removed });
  if (schedule) await setLookTimer(session, schedule);
  if (!options.probe || options.dryRun) return;
  const place = await findPlace(session);
  if (place) await probe(session, place);
  else
    report.add(
      "warning",
      "No probe was sent: the project does not have a stage with a service yet.",
      `Create a service (keptn create service), then run: job-executor connect --project ${selection.project}`,
    );
  if (report.hasErrors())
    report.add("warning", "The project stays connected.", `job-executor disconnect --project ${selection.project}`);
};

const selectionFrom = ({ project, stage, service }: ConnectOptions): Selection => {
  if (!project) throw usageError("No project given. Name it (--project sockshop), or use --list.");
  return { project, ...(stage ? { stage } : {}), ...(service ? { service } : {}) };
};

const scheduleFrom = ({ lookEvery }: ConnectOptions): string | undefined => {
  if (lookEvery === undefined || lookEvery === "never") return undefined;
  const schedule = scheduleOf(lookEvery);
  if (!schedule)
    throw usageError(
      `--look-every ${lookEvery} does not divide an hour or a day evenly: use 5m, 15m, 1h, 6h or never.`,
    );
  return schedule;
};

/** @throws IoError if there is none */
const findBroker = async ({ url, namespace }: ConnectOptions, { cluster }: ConnectPorts): Promise<string> => {
  if (url !== undefined) {
    if (!/^https?:\/\/[^/\s'"%\\{}]+(\/[^\s'"%\\{}]*)?$/.test(url))
      throw usageError(`--url ${url} is not an http:// or https:// address.`);
    return url;
  }
  const found = await cluster.getBrokerUrl(namespace);
  if (found) return found;
  throw usageError(
    `Broker keptn does not exist in namespace ${namespace}, or has no address. Set the namespace (--namespace) or the address (--url).`,
  );
};

/** For the functions, which recover events that webhook-service loses. Without the right to write it, the project is still connected. */
const note = async (
  { ports, options, selection, report }: Session,
  { url, events, removed }: { url: string; events: readonly string[]; removed: readonly string[] },
): Promise<void> => {
  const { namespace } = options;
  const what = `ConfigMap job-executor-connections in namespace ${namespace}`;
  try {
    const { data, allowed } = await ports.cluster.readConnections(namespace);
    const broker = (options.url ? await ports.cluster.getBrokerUrl(namespace) : url) ?? url;
    const text = JSON.stringify({ ...selection, events, broker });
    if (data[keyOf(selection)] === text && removed.length === 0)
      return report.add("ok", `${what} has an entry for it: lost events are recovered.`);
    if (options.dryRun) return report.add("would", `Add it to ${what}.`);
    const next = { data: { ...data, [keyOf(selection)]: text }, allowed: [...new Set([...allowed, ...removed])] };
    await ports.cluster.writeConnections(namespace, next);
    report.add("done", `Added it to ${what}: lost events are recovered.`);
  } catch (fault) {
    if (!(fault instanceof IoError)) throw fault;
    report.add(
      "warning",
      `${what} could not be updated, so lost events are not recovered: ${fault.message}`,
      "Run this again as a user with the right to do so (--context).",
    );
  }
};

const setLookTimer = async ({ ports, options, report }: Session, schedule: string): Promise<void> => {
  const { namespace, lookEvery = "", dryRun } = options;
  const cost = `finish-task wakes briefly ${wakesPerDay(lookEvery)} times a day`;
  if ((await ports.cluster.getLookTimer(namespace)) === schedule)
    return report.add("ok", `PingSource job-executor-look looks for lost events every ${lookEvery}: ${cost}.`);
  if (dryRun) return report.add("would", `Look for lost events every ${lookEvery}: ${cost}.`);
  await ports.cluster.applyLookTimer(namespace, schedule);
  report.add("done", `PingSource job-executor-look now looks for lost events every ${lookEvery}: ${cost}.`);
};

/** The stage and service of the probe, which every Keptn event must have. */
const findPlace = async ({ ports, selection }: Session) => {
  const found = await ports.keptn.getProject(selection.project);
  for (const { name, services } of found?.stages ?? []) {
    const [first] = selection.service === undefined ? services : services.filter((one) => one === selection.service);
    if (first !== undefined && (selection.stage ?? name) === name) return { stage: name, service: first };
  }
  return undefined;
};
