// job-executor connect: Keptn's webhook-service brings a project's events to our Broker, so that nothing of ours has to run for them.
import { keyOf, scheduleOf, wakesPerDay } from "../../core/connect/connections.ts";
import { planConnect } from "../../core/connect/plan-connect.ts";
import { describeSelection, type Selection } from "../../core/connect/selection.ts";
import { IoError } from "../../io/io-error.ts";
import { type ExitCode, exitCode } from "../exit-codes.ts";
import { usageError } from "../fault.ts";
import type { Terminal } from "../terminal.ts";
import { allow } from "./allow.ts";
import { chooseEvents, type Events, givenEvents, tellOverlaps } from "./events.ts";
import { lookAtKeptn, type Sight } from "./look-at-keptn.ts";
import type { ConnectOptions, ConnectPorts, Session } from "./ports.ts";
import { probe } from "./probe.ts";
import { makeReport } from "./report.ts";
import { subscribe } from "./subscribe.ts";

/** @throws IoError, an error of wrong usage */
export const connect = async (options: ConnectOptions, ports: ConnectPorts, terminal: Terminal): Promise<ExitCode> => {
  const [selection, given] = [selectionFrom(options), givenEvents(options)];
  const schedule = scheduleFrom(options);
  const report = makeReport(terminal);
  const sight = await lookAtKeptn(ports.keptn, selection, report);
  const url = sight && (await findBroker(options, ports));
  let events: Events | undefined;
  if (sight && url) {
    const session: Session = { ports, options, selection, integration: sight.integration, report };
    events = chooseEvents(given, session, sight);
    await connectWith(session, { sight, url, events, ...(schedule ? { schedule } : {}) });
  }
  if (options.format === "json")
    terminal.print(
      JSON.stringify({ ...selection, events: events?.subscribed ?? given, url, steps: report.steps }, undefined, 2),
    );
  return report.hasErrors() ? exitCode.failed : exitCode.ok;
};

interface Wanted {
  readonly sight: Sight;
  readonly url: string;
  readonly events: Events;
  readonly schedule?: string;
}

const connectWith = async (session: Session, { sight, url, events, schedule }: Wanted): Promise<void> => {
  const { options, selection, report } = session;
  report.add("ok", `Events of ${describeSelection(selection)} are to go to ${url}.`);
  const plan = planConnect(selection, events.subscribed, sight);
  if (tellOverlaps(session, plan)) return;
  const removed = await allow(session, url);
  if (report.hasErrors()) return; // webhook-service would fail every event
  await subscribe(session, plan, url, sight);
  await note(session, { url, events: events.noted, removed });
  if (schedule) await setLookTimer(session, schedule);
  if (!options.probe || options.dryRun) return;
  const place = await findPlace(session);
  if (place) await probe(session, place);
  else
    report.add(
      "warning",
      "No probe was sent: the project has no stage with a service yet.",
      `keptn create service, then: job-executor connect --project ${selection.project}`,
    );
  if (report.hasErrors())
    report.add("warning", "It stays connected as it is.", `job-executor disconnect --project ${selection.project}`);
};

const selectionFrom = ({ project, stage, service }: ConnectOptions): Selection => {
  if (!project) throw usageError("Name the project: --project sockshop, or --list what is connected.");
  return { project, ...(stage ? { stage } : {}), ...(service ? { service } : {}) };
};

const scheduleFrom = ({ lookEvery }: ConnectOptions): string | undefined => {
  if (lookEvery === undefined || lookEvery === "never") return undefined;
  const schedule = scheduleOf(lookEvery);
  if (!schedule)
    throw usageError(`--look-every ${lookEvery} divides no hour and no day: write 5m, 15m, 1h or 6h, or never.`);
  return schedule;
};

/** @throws IoError when there is none */
const findBroker = async ({ url, namespace }: ConnectOptions, { cluster }: ConnectPorts): Promise<string> => {
  if (url !== undefined) {
    if (!/^https?:\/\/[^/\s'"%\\{}]+(\/[^\s'"%\\{}]*)?$/.test(url))
      throw usageError(`--url ${url} is no http:// or https:// address.`);
    return url;
  }
  const found = await cluster.getBrokerUrl(namespace);
  if (found) return found;
  throw usageError(
    `Broker keptn is not in namespace ${namespace}, or has no address: name the namespace (--namespace) or the address (--url).`,
  );
};

/** For the functions, which look after what webhook-service loses. Whoever may not write there is connected all the same. */
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
      return report.add("ok", `${what} has it: lost events are found again.`);
    if (options.dryRun) return report.add("would", `Note it in ${what}.`);
    const next = { data: { ...data, [keyOf(selection)]: text }, allowed: [...new Set([...allowed, ...removed])] };
    await ports.cluster.writeConnections(namespace, next);
    report.add("done", `Noted in ${what}: lost events are found again.`);
  } catch (fault) {
    if (!(fault instanceof IoError)) throw fault;
    report.add(
      "warning",
      `${what} could not be written, so that lost events are not looked for: ${fault.message}`,
      "Run it again as somebody who may (--context).",
    );
  }
};

const setLookTimer = async ({ ports, options, report }: Session, schedule: string): Promise<void> => {
  const { namespace, lookEvery = "", dryRun } = options;
  const cost = `${wakesPerDay(lookEvery)} times a day finish-task wakes for a moment`;
  if ((await ports.cluster.getLookTimer(namespace)) === schedule)
    return report.add("ok", `It is looked for lost events every ${lookEvery}: ${cost}.`);
  if (dryRun) return report.add("would", `Look for lost events every ${lookEvery}: ${cost}.`);
  await ports.cluster.applyLookTimer(namespace, schedule);
  report.add("done", `PingSource job-executor-look: lost events are looked for every ${lookEvery}; ${cost}.`);
};

/** Where an event can be: a probe has a stage and a service, as every event of Keptn's. */
const findPlace = async ({ ports, selection }: Session) => {
  const found = await ports.keptn.getProject(selection.project);
  for (const { name, services } of found?.stages ?? []) {
    const [first] = selection.service === undefined ? services : services.filter((one) => one === selection.service);
    if (first !== undefined && (selection.stage ?? name) === name) return { stage: name, service: first };
  }
  return undefined;
};
