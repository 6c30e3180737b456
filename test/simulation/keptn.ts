// Keptn as a run sees it: takes events at once, counts them later, and drops what comes too early or too late.
import type { KeptnEvent } from "../../functions/core/keptn-event.ts";
import type { OutgoingEvent } from "../../functions/core/outgoing-event.ts";
import type { Count } from "../../functions/io/keptn.ts";
import { makeShipyard, type Shipyard, type StoredEvent } from "../doubles/keptn/shipyard.ts";
import { type Chance, skewed } from "./chance.ts";
import type { Checks } from "./checks.ts";
import { bounds } from "./rates.ts";
import type { Scheduler } from "./scheduler.ts";

export interface SimulatedKeptn {
  readonly shipyard: Shipyard;
  /** @param listensAfterMs how long answers are dropped although the event is out already */
  trigger(name: string, given: { counted: boolean; listensAfterMs: number }): KeptnEvent;
  abort(event: KeptnEvent): void;
  /** What its API does with an event, at the moment when it takes it. */
  take(event: OutgoingEvent): void;
  countOf(eventId: string, source: string): Count;
}

export interface KeptnPorts {
  readonly chance: Chance;
  readonly scheduler: Scheduler;
  readonly checks: Checks;
  readonly newUid: () => string;
  readonly tell: (text: string) => void;
}

export const makeSimulatedKeptn = ({ chance, scheduler, checks, newUid, tell }: KeptnPorts): SimulatedKeptn => {
  const now = () => new Date(scheduler.now()).toISOString();
  const shipyard = makeShipyard({ newId: newUid, now, publish: () => {} });
  let taken = 0;
  const count = (event: OutgoingEvent): void => {
    const stored = { ...event, id: newUid(), time: now(), data: { ...event.data } } as StoredEvent;
    const heard = shipyard.hear(stored);
    tell(`Keptn ${heard ? "counts" : "drops"} ${wordOf(event)} from ${event.source}`);
    if (heard) checks.counted(event);
  };
  return {
    shipyard,
    trigger: (name, { counted, listensAfterMs }) => {
      const scope = { project: "p", stage: "s", service: name, keptnContext: newUid(), triggeredId: newUid() };
      const data = { project: "p", stage: "s", service: name };
      const type = "sh.keptn.event.deployment.triggered";
      if (!counted) {
        const sender = { source: "somebody", specversion: "1.0", shkeptncontext: scope.keptnContext } as const;
        return { id: newUid(), type, ...sender, time: now(), data };
      }
      const sequence = { name: "delivery", tasks: [{ name: "deployment" }], data, onTask: () => {} };
      const event = shipyard.start({ ...sequence, scope: { ...scope, gitcommitid: "" } });
      if (!event) throw new Error("a sequence without a task");
      scheduler.after(listensAfterMs, () => shipyard.listen(event.id));
      return event as unknown as KeptnEvent;
    },
    abort: ({ shkeptncontext }) => shipyard.abort(shkeptncontext),
    take: (event) => {
      checks.sent(event);
      const late = skewed(chance.roll(`counts ${taken++} ${wordOf(event)}`), 5, bounds.countedMs);
      scheduler.after(late, () => count(event));
    },
    countOf: (eventId, source) => {
      const open = shipyard.executions().find(({ status }) => status.currentTask.triggeredID === eventId);
      if (open?.status.state !== "started") return { kind: "over" };
      const number = (kind: string) =>
        open.status.currentTask.events.filter((e) => e.source === source && e.eventType.endsWith(kind)).length;
      return { kind: "current", started: number(".started"), finished: number(".finished") };
    },
  };
};

const wordOf = ({ type, data }: OutgoingEvent): string =>
  type.endsWith(".started") ? ".started" : `.finished (${data["status"]}, ${data["result"]})`;
