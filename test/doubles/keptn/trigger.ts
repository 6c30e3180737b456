// Makes an event that Keptn waits for, without a project, a shipyard file or a sequence of its own.
import { randomUUID } from "node:crypto";
import type { KeptnEvent } from "../../../functions/lib/core/event/keptn-event.ts";
import type { ControlPlane } from "./control-plane.ts";
import type { Json } from "./merge.ts";
import type { StoredEvent } from "./shipyard.ts";

export interface TriggerGiven {
  readonly type: string;
  readonly project?: string;
  readonly stage?: string;
  readonly service?: string;
  readonly data?: Json;
  readonly labels?: Readonly<Record<string, string>>;
  readonly gitcommitid?: string;
  /** `shipyard-controller` unless said otherwise: an event of another source is stored, but nobody counts its answers. */
  readonly source?: string;
  /** How long the event is in the API already while its answers are dropped; Infinity: until `listen`. */
  readonly heardAfterMs?: number;
}

export const trigger = (plane: ControlPlane, given: TriggerGiven): KeptnEvent => {
  const { project = "sockshop", stage = "dev", service = "carts" } = given;
  const data = { project, stage, service, ...given.data, ...(given.labels ? { labels: given.labels } : {}) };
  const gitcommitid = given.gitcommitid ?? plane.projects.repository(project).head(stage)?.id ?? "";
  const event = isShipyards(given)
    ? startTask(plane, given, { data, gitcommitid })
    : storeForeign(plane, given, { data, gitcommitid });
  return event as unknown as KeptnEvent;
};

const isShipyards = ({ source }: TriggerGiven): boolean => source === undefined || source === "shipyard-controller";

interface Content {
  readonly data: Json & { readonly project: string; readonly stage: string; readonly service: string };
  readonly gitcommitid: string;
}

/** A sequence of this one task. */
const startTask = ({ shipyard }: ControlPlane, given: TriggerGiven, { data, gitcommitid }: Content): StoredEvent => {
  const { project, stage, service } = data;
  const [, name] = /^sh\.keptn\.event\.([^.]+)\.triggered$/.exec(given.type) ?? [];
  if (!name) throw new Error(`${given.type} is no task's triggered event`);
  const scope = { project, stage, service, keptnContext: randomUUID(), triggeredId: randomUUID(), gitcommitid };
  const event = shipyard.start({ name: "delivery", scope, tasks: [{ name }], data, onTask: () => {} });
  if (!event) throw new Error(`${given.type} started nothing`);
  const { heardAfterMs = 0 } = given;
  if (heardAfterMs === 0) shipyard.listen(event.id);
  else if (Number.isFinite(heardAfterMs)) setTimeout(() => shipyard.listen(event.id), heardAfterMs).unref();
  return event;
};

const storeForeign = (plane: ControlPlane, { type, source = "" }: TriggerGiven, content: Content): StoredEvent => {
  const ids = { id: randomUUID(), shkeptncontext: randomUUID() };
  const event: StoredEvent = { ...ids, type, source, specversion: "1.0", time: new Date().toISOString(), ...content };
  plane.storeForeign(event);
  return event;
};
