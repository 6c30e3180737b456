// job-executor connect: has Keptn's webhook-service send a project's events to our Broker, so that no pod of ours has to wait for them.
import { keyOf, scheduleOf, wakesPerDay } from "../../lib/core/connect/connections.ts";
import { planConnect } from "../../lib/core/connect/plan-connect.ts";
import { describeSelection } from "../../lib/core/connect/selection.ts";
import type { ExitCode } from "../exit-codes.ts";
import { usageError } from "../fault.ts";
import type { Terminal } from "../terminal.ts";
import { allow } from "./allow.ts";
import { changeConnections } from "./connection-map.ts";
import { chooseEvents, type Events, givenEvents, selectionFrom, tellOverlaps } from "./events.ts";
import type { ConnectOptions, ConnectPorts, Session } from "./ports.ts";
import { probe } from "./probe.ts";
import { type KeptnView, readKeptn } from "./read-keptn.ts";
import { makeReport } from "./report.ts";
import { subscribe } from "./subscribe.ts";

/** @throws IoError, a usage error */
export const connect = async (options: ConnectOptions, ports: ConnectPorts, terminal: Terminal): Promise<ExitCode> => {
  const selection = selectionFrom(options, "Name it (--project sockshop), or use --list.");
  const given = givenEvents(options);
  const schedule = scheduleFrom(options);
  const report = makeReport(terminal, options);
  const keptnView = await readKeptn(ports.keptn, selection, report);
  const url = keptnView && (await findBroker(options, ports));
  let events: Events | undefined;
  if (keptnView && url) {
    const session: Session = { ports, options, selection, integration: keptnView.integration, report };
    events = chooseEvents(given, session, keptnView);
    await connectWith(session, { keptnView, url, events, schedule });
  }
  return report.end({ ...selection, events: events?.subscribed ?? given, url });
};

interface Wanted {
  readonly keptnView: KeptnView;
  readonly url: string;
  readonly events: Events;
  readonly schedule: string | undefined;
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
  const missing = "No probe was sent: the project does not have a stage with a service yet.";
  const fix = `Create a service (keptn create service), then run: job-executor connect --project ${selection.project}`;
  if (place) await probe(session, place);
  else report.add("warning", missing, fix);
  if (report.hasErrors())
    report.add("warning", "The project stays connected.", `job-executor disconnect --project ${selection.project}`);
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

/** Without the right to write it, the project is still connected. */
const note = (
  session: Session,
  { url, events, removed }: { url: string; events: readonly string[]; removed: readonly string[] },
): Promise<void> =>
  changeConnections(session, ", so lost events are not recovered", async ({ data, allowed }, what) => {
    const { ports, options, selection, report } = session;
    const { namespace } = options;
    const broker = (options.url ? await ports.cluster.getBrokerUrl(namespace) : url) ?? url;
    const text = JSON.stringify({ ...selection, events, broker });
    if (data[keyOf(selection)] === text && removed.length === 0)
      return report.add("ok", `${what} has an entry for it: lost events are recovered.`);
    const next = { data: { ...data, [keyOf(selection)]: text }, allowed: [...new Set([...allowed, ...removed])] };
    const step = { would: `Add it to ${what}.`, done: `Added it to ${what}: lost events are recovered.` };
    await report.change(step, () => ports.cluster.writeConnections(namespace, next));
  });

const setLookTimer = async ({ ports, options, report }: Session, schedule: string): Promise<void> => {
  const { namespace, lookEvery = "" } = options;
  const what = `for lost events every ${lookEvery}: finish-task wakes briefly ${wakesPerDay(lookEvery)} times a day.`;
  if ((await ports.cluster.getLookTimer(namespace)) === schedule)
    return report.add("ok", `PingSource job-executor-look looks ${what}`);
  const step = { would: `Look ${what}`, done: `PingSource job-executor-look now looks ${what}` };
  await report.change(step, () => ports.cluster.applyLookTimer(namespace, schedule));
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
