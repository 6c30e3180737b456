// Accepts events from NATS while there is room. Without room, listed events are fetched later; others are lost, and logged.
import { isCounted, type KeptnEvent } from "../lib/core/event/keptn-event.ts";
import type { Log } from "../lib/process.ts";
import { type Admission, aboutEvent } from "./admission.ts";
import type { Backlog } from "./backlog.ts";
import type { Metrics } from "./metrics.ts";
import { readEventText } from "./read-event.ts";

export interface ReceivePorts {
  readonly admission: Admission;
  readonly backlog: Backlog;
  readonly metrics: Metrics;
  readonly log: Log;
  /** Called for each event that must be fetched later. */
  readonly onBacklog: (project: string) => void;
}

export const makeReceive = ({
  admission,
  backlog,
  metrics,
  log,
  onBacklog,
}: ReceivePorts): ((text: string) => void) => {
  return (text) => {
    const event = readEventText(text);
    if (!event)
      return log({
        level: "debug",
        message: `NATS delivered a message that is not a Keptn event: ${text.slice(0, 100)}`,
      });
    if (admission.isKnown(event.id) || !admission.isWanted(event)) return;
    const { project } = event.data;
    const [listed, key] = [isListedBy(event), event.shkeptncontext];
    if (!(listed && backlog.has({ key, project })) && admission.admit(event, { way: "nats", listed })) return;
    metrics.dropped(listed ? "listed" : "unlisted");
    if (!listed) {
      return log({
        level: "warn",
        message: "lost an event: no room for it, and Keptn does not list it",
        ...aboutEvent(event),
      });
    }
    backlog.add({ id: event.id, key, project });
    onBacklog(project);
  };
};

/** Keptn lists events that it triggered itself, until they are answered. */
const isListedBy = (event: KeptnEvent): boolean => isCounted(event) && event.type.endsWith(".triggered");
