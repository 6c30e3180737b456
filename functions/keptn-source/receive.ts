// Accepts events from NATS while there is room. Without room, listed events are fetched later; others are lost, and logged.
import { isCounted, type KeptnEvent } from "../lib/core/event/keptn-event.ts";
import { aboutEvent } from "./admission.ts";
import type { Parts } from "./parts.ts";
import { readEventText } from "./read-event.ts";

export const receive = (text: string, { admission, backlog, fetcher, metrics, log }: Parts): void => {
  const event = readEventText(text);
  if (!event) {
    const message = `NATS delivered a message that is not a Keptn event: ${text.slice(0, 100)}`;
    return void log({ level: "debug", message });
  }
  if (admission.isKnown(event.id) || !admission.isWanted(event)) return;
  const { id, shkeptncontext: key, data } = event;
  const listed = isListed(event);
  const mustWait = listed && backlog.has({ key, project: data.project });
  if (!mustWait && admission.admit(event, { way: "nats", listed })) return;
  metrics.dropped.inc({ kind: listed ? "listed" : "unlisted" });
  if (listed) {
    backlog.add({ id, key, project: data.project });
    fetcher.fetch(data.project);
  } else {
    const message = "lost an event: no room for it, and Keptn does not list it";
    log({ level: "warn", message, ...aboutEvent(event) });
  }
};

/** Keptn lists events that it triggered itself, until they are answered. */
const isListed = (event: KeptnEvent): boolean => isCounted(event) && event.type.endsWith(".triggered");
