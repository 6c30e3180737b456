// Keptn as a run sees it: it accepts events at once, counts them later, and drops those that come too early, too late or during a restart.
import type { KeptnEvent } from "../../functions/lib/core/event/keptn-event.ts";
import type { OutgoingEvent } from "../../functions/lib/core/event/outgoing-event.ts";
import type { EventCounts } from "../../functions/lib/keptn/ports.ts";
import { makeShipyard, type Shipyard, type StoredEvent } from "../doubles/keptn/shipyard.ts";
import type { Chance } from "./chance.ts";
import type { Checks } from "./checks.ts";
import type { Outages } from "./outages.ts";
import type { Scheduler } from "./scheduler.ts";

export interface SimulatedKeptn {
  readonly shipyard: Shipyard;
  /** @param listensAfterMs how long responses are dropped although the event is already out */
  trigger(name: string, given: { counted: boolean; listensAfterMs: number }): KeptnEvent;
  abort(event: KeptnEvent): void;
  /** What its API does with an event at the moment of acceptance. */
  take(event: OutgoingEvent): void;
  countOf(eventId: string, source: string): EventCounts;
  /** An event by its id, while anybody may still respond to it. */
  find(eventId: string): KeptnEvent | undefined;
}

export interface KeptnPorts {
  readonly chance: Chance;
  readonly scheduler: Scheduler;
  readonly checks: Checks;
  readonly outages: Outages;
  readonly newUid: () => string;
  readonly tell: (text: () => string) => void;
}

/** taskStartedWaitDuration: Keptn ends a sequence after this time without an event about its task. */
const unansweredMs = 600_000;

export const makeSimulatedKeptn = (ports: KeptnPorts): SimulatedKeptn => {
  const { chance, scheduler, checks, outages, newUid, tell } = ports;
  const now = () => new Date(scheduler.now()).toISOString();
  const shipyard = makeShipyard({ newId: newUid, now, publish: () => {} });
  const foreign = new Map<string, KeptnEvent>();
  const stored = new Set<string>();
  let taken = 0;
  const count = (event: OutgoingEvent): void => {
    const heard = shipyard.hear({ ...event, id: newUid(), time: now(), data: { ...event.data } } as StoredEvent);
    tell(() => `Keptn ${heard ? "counts" : "drops"} ${wordOf(event)} from ${event.source}`);
    if (heard) checks.counted(event);
    if (heard && shipyard.count(event.triggeredid)?.state === "complete") checks.completed(event.triggeredid);
    if (!heard) chance.note("an answer that Keptn does not wait for");
  };
  return {
    shipyard,
    trigger: (name, { counted, listensAfterMs }) => {
      const scope = { project: "p", stage: "s", service: name, keptnContext: newUid(), triggeredId: newUid() };
      const data = { project: "p", stage: "s", service: name };
      const type = "sh.keptn.event.deployment.triggered";
      if (!counted) {
        const sender = { source: "somebody", specversion: "1.0", shkeptncontext: scope.keptnContext } as const;
        const event: KeptnEvent = { id: newUid(), type, ...sender, time: now(), data };
        foreign.set(event.id, event);
        return event;
      }
      const sequence = { name: "delivery", tasks: [{ name: "deployment" }], data, onTask: () => {} };
      const event = shipyard.start({ ...sequence, scope: { ...scope, gitcommitid: "9f6d1e5" } });
      if (!event) throw new Error("a sequence without a task");
      scheduler.after(listensAfterMs, () => shipyard.listen(event.id));
      scheduler.after(unansweredMs, () => {
        if (stored.has(event.id) || shipyard.count(event.id)?.state !== "current") return;
        tell(() => `Keptn gives ${name} up: nobody answered`);
        checks.timedOut(event.id);
        shipyard.timeOut(event.id);
      });
      return event as unknown as KeptnEvent;
    },
    abort: ({ shkeptncontext }) => shipyard.abort(shkeptncontext),
    take: (event) => {
      checks.sent(event);
      stored.add(event.triggeredid);
      const spot = chance.at(`answer-${++taken} ${wordOf(event)}`);
      const fate = outages.ofTaken(spot);
      if (fate === "dropped") chance.note("an answer that Keptn took and forgot");
      else scheduler.after(fate - scheduler.now(), () => count(event));
    },
    countOf: (eventId, source) => {
      const open = shipyard.executions().find(({ status }) => status.currentTask.triggeredID === eventId);
      if (open?.status.state !== "started") return { kind: "over" };
      const { events } = open.status.currentTask;
      const number = (of: string, kind: string) =>
        events.filter((e) => e.source === of && e.eventType.endsWith(kind)).length;
      const of = (one: string) => ({ started: number(one, ".started"), finished: number(one, ".finished") });
      return { kind: "current", bySource: new Map(events.map((e) => [e.source, of(e.source)])), ...of(source) };
    },
    find: (eventId) => {
      const open = shipyard.openEvents().find(({ id }) => id === eventId);
      return foreign.get(eventId) ?? (open as unknown as KeptnEvent | undefined);
    },
  };
};

const wordOf = ({ type, data }: OutgoingEvent): string =>
  type.endsWith(".started") ? ".started" : `.finished (${data["status"]}, ${data["result"]})`;
