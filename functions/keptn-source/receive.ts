// Accepts events from NATS while there is room. Without room, listed events are fetched later; others are lost, and logged.
import { isCounted, type KeptnEvent } from "../lib/core/event/keptn-event.ts";
import { aboutEvent } from "./admission.ts";
import type { Parts } from "./parts.ts";
import { readEventText } from "./read-event.ts";

export const receive = (text: string, parts: Parts): void => {
  const { admission, metrics, log } = parts;
  const event = readEventText(text);
  if (!event) {
    const message = `NATS delivered a message that is not a Keptn event: ${text.slice(0, 100)}`;
    return void log({ level: "debug", message });
  }
  if (admission.isKnown(event.id) || !admission.isWanted(event)) return;
  if (isListed(event)) {
    if (!admitListed(event, "nats", parts)) metrics.dropped.inc({ kind: "listed" });
  } else if (!admission.admit(event, { way: "nats", listed: false })) {
    metrics.dropped.inc({ kind: "unlisted" });
    const message = "lost an event: no room for it, and Keptn does not list it";
    log({ level: "warn", message, ...aboutEvent(event) });
  }
};

/** If there is no room, Keptn's list serves as the queue, and the project is fetched separately. */
export const admitListed = (
  event: KeptnEvent,
  way: "nats" | "api",
  { admission, backlog, fetcher }: Parts,
): boolean => {
  const { id, shkeptncontext: key, data } = event;
  const dropped = { id, key, project: data.project };
  if (!backlog.has(dropped) && admission.admit(event, { way, listed: true })) return true;
  backlog.add(dropped);
  fetcher.fetch(data.project);
  return false;
};

/** Keptn lists events that it triggered itself, until they are answered. */
const isListed = (event: KeptnEvent): boolean => isCounted(event) && event.type.endsWith(".triggered");
