// Events as people have them: lists of Keptn's API, events without what Keptn adds to each, and none at all.
import { isRecord } from "./exact-json.ts";
import { hashOf } from "./marks.ts";

export type EventFields = Readonly<Record<string, unknown>>;

const isText = (value: unknown): value is string => typeof value === "string" && value !== "";

/** @param value an event, a list of events, or Keptn's `{"events": […], "nextPageKey": "0"}` (GET mongodb-datastore/event) */
export const eventsIn = (value: unknown): readonly unknown[] => {
  if (Array.isArray(value)) return value;
  return isRecord(value) && Array.isArray(value["events"]) && !isText(value["type"]) ? value["events"] : [value];
};

/** `test` -> `sh.keptn.event.test.triggered`; @returns undefined for what is no name of a task */
export const typeOfTask = (task: string): string | undefined =>
  /^[\w-]+(?:\.[\w-]+)?$/.test(task) ? `sh.keptn.event.${task}.triggered` : undefined;

/** An event of this type as Keptn's shipyard-controller triggers it, of a service that nobody has. */
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
 * What Keptn's API sets where it is missing (api-service, handlers/event.go). The ids follow from the event, so that the same file gives
 * the same Jobs each time.
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

/** One without is perhaps no event, but the ids of one. */
const isWhole = (data: unknown): boolean =>
  isRecord(data) && ["project", "stage", "service"].every((name) => isText(data[name]));

/** Version 8 of RFC 9562: the bits are ours. */
const uuidOf = (text: string): string =>
  hashOf(text, 32).replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12})$/, "$1-$2-8$3-8$4-$5");
