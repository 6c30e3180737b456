// Events as users supply them: lists from Keptn's API, events without the attributes that Keptn adds, or only a type.
import { hashOf } from "../annotations/annotations.ts";
import { isRecord, isText } from "../json/exact-json.ts";

export type EventFields = Readonly<Record<string, unknown>>;

/** @param value an event, a list of events, or Keptn's `{"events": […], "nextPageKey": "0"}` (GET mongodb-datastore/event) */
export const eventsIn = (value: unknown): readonly unknown[] => {
  if (Array.isArray(value)) return value;
  return isRecord(value) && Array.isArray(value["events"]) && !isText(value["type"]) ? value["events"] : [value];
};

/** `test` -> `sh.keptn.event.test.triggered`; @returns undefined if it is not a task name */
export const typeOfTask = (task: string): string | undefined =>
  /^[\w-]+(?:\.[\w-]+)?$/.test(task) ? `sh.keptn.event.${task}.triggered` : undefined;

/** An event of this type as Keptn's shipyard-controller triggers it, for a placeholder service. */
export const makeEventOfType = (type: string): EventFields => {
  const [, task] = /^sh\.keptn\.event\.([^.]+)\.\w+$/.exec(type) ?? [];
  const data = { project: "my-project", stage: "my-stage", service: "my-service", ...(task ? { [task]: {} } : {}) };
  return { specversion: "1.0", type, source: "shipyard-controller", data };
};

export interface CompletedEvent {
  readonly event: unknown;
  /** Names of the attributes that were made up. */
  readonly made: readonly string[];
}

/**
 * Adds missing attributes as Keptn's API does (api-service, handlers/event.go). IDs are derived from the event, so the same file always
 * gives the same Jobs.
 * @param time RFC 3339
 */
export const completeEvent = (event: unknown, time: string): CompletedEvent => {
  if (!isRecord(event) || !isText(event["type"])) return { event, made: [] };
  const text = JSON.stringify(event);
  const values: EventFields = {
    id: uuidOf(`id ${text}`),
    source: "shipyard-controller",
    time,
    ...(isWhole(event["data"]) ? { shkeptncontext: uuidOf(`shkeptncontext ${text}`) } : {}),
  };
  const made = Object.keys(values).filter((name) => !isText(event[name]));
  return { event: { ...event, ...Object.fromEntries(made.map((name) => [name, values[name]])) }, made };
};

/** Events without these may be thin events, which consist only of IDs. */
const isWhole = (data: unknown): boolean =>
  isRecord(data) && ["project", "stage", "service"].every((name) => isText(data[name]));

/** A UUID of version 8 (RFC 9562), whose bits are free. */
const uuidOf = (text: string): string =>
  hashOf(text, 32).replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12})$/, "$1-$2-8$3-8$4-$5");
