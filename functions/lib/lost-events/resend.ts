// Sends events that webhook-service lost to the Broker: open, unanswered events of connected projects.
import type { Connection } from "../core/connect/connections.ts";
import { filterOf } from "../core/connect/selection.ts";
import { envelopeOf, expectsFinished, isCounted, type KeptnEvent, parseKeptnEvent } from "../core/event/keptn-event.ts";
import { planPoll } from "../core/source/plan-poll.ts";
import { isWanted, type Subscription } from "../core/source/subscription.ts";
import type { Log } from "../process.ts";
import type { LostEvents } from "./connect.ts";

export interface ResendPorts {
  readonly connections: readonly Connection[];
  readonly lost: LostEvents;
  readonly log: Log;
  readonly now: () => Date;
  /** IDs sent by this process. An event that matches no action stays open, and is sent only once. */
  readonly sent: Set<string>;
}

/** Younger events may still be under way (webhook-service, a cold start). start-job detects duplicates in any case. */
const oldEnoughMs = 60_000;
/** As in keptn-source. */
const searchBackMs = 60 * 60 * 1000;
const mostSent = 10_000;

/** @returns the number of events sent @throws IoError */
export const resendLostEvents = async (ports: ResendPorts): Promise<number> => {
  const { connections, lost, sent } = ports;
  const subscriptions = connections.flatMap(subscriptionsOf);
  if (subscriptions.length === 0) return 0;
  const projects = (await lost.listProjects()).filter(({ name }) =>
    connections.some(({ project }) => project === name),
  );
  const { listings, searches } = planPoll(subscriptions, projects);
  let taken = 0;
  for (const listing of listings) {
    for await (const page of lost.listOpen(listing)) {
      for (const found of page) taken += Number(await resendListed(found, ports));
    }
  }
  for (const search of searches) {
    for (const event of await lost.listStored(search, new Date(ports.now().getTime() - searchBackMs))) {
      const isLost = isOurs(event, ports) && !(await lost.isAnswered(event));
      if (isLost) taken += Number(await send(event, ports));
    }
  }
  while (sent.size > mostSent) sent.delete(sent.values().next().value ?? "");
  return taken;
};

const subscriptionsOf = (connection: Connection): readonly Subscription[] =>
  connection.events.map((event) => ({ event, filter: filterOf(connection) }));

const resendListed = async (found: unknown, ports: ResendPorts): Promise<boolean> => {
  const parsed = parseKeptnEvent(found);
  if (parsed.kind !== "event" || !isOurs(parsed.event, ports)) return false;
  const { event } = parsed;
  const isCountedTask = expectsFinished(event.type) && isCounted(event);
  if (isCountedTask && !(await ports.lost.isUnanswered(envelopeOf(event)))) return false;
  return send(event, ports);
};

const isOurs = (event: KeptnEvent, { connections, sent, now }: ResendPorts): boolean =>
  !sent.has(event.id) &&
  now().getTime() - Date.parse(event.time ?? "") > oldEnoughMs &&
  isWanted(connections.flatMap(subscriptionsOf), event);

const send = async (event: KeptnEvent, { connections, lost, log, sent }: ResendPorts): Promise<boolean> => {
  const connection = connections.find((one) => isWanted(subscriptionsOf(one), event));
  if (!connection) return false;
  await lost.post(connection.broker, event);
  sent.add(event.id);
  const message = "webhook-service did not deliver an event that is still unanswered; sent it to the Broker";
  log({ level: "warn", message, event: event.id, context: event.shkeptncontext, type: event.type });
  return true;
};
