// Accepts events from NATS while there is room. Without room, listed events are fetched later; others are lost, and logged.
import { isCounted, type KeptnEvent } from "../lib/core/event/keptn-event.ts";
import type { Log } from "../lib/world.ts";
import type { Backlog } from "./backlog.ts";
import { aboutEvent, type Intake } from "./intake.ts";
import type { Metrics } from "./metrics.ts";
import { readEventText } from "./read-event.ts";

export interface ReceivePorts {
  readonly intake: Intake;
  readonly backlog: Backlog;
  readonly metrics: Metrics;
  readonly log: Log;
  /** Called for each event that must be fetched later. */
  readonly onBacklog: (project: string) => void;
}

export const makeReceive = ({ intake, backlog, metrics, log, onBacklog }: ReceivePorts): ((text: string) => void) => {
  return (text) => {
    const event = readEventText(text);
    if (!event)
      return log({
        level: "debug",
        message: `NATS delivered a message that is not a Keptn event: ${text.slice(0, 100)}`,
      });
    if (intake.isKnown(event.id) || !intake.isWanted(event)) return;
    const { project } = event.data;
    const [listed, lane] = [isListedBy(event), event.shkeptncontext];
    if (!(listed && backlog.has({ lane, project })) && intake.take(event, { way: "nats", listed })) return;
    metrics.dropped(listed ? "listed" : "unlisted");
    if (!listed) {
      return log({
        level: "warn",
        message: "lost an event: no room for it, and Keptn does not list it",
        ...aboutEvent(event),
      });
    }
    backlog.add({ id: event.id, lane, project });
    onBacklog(project);
  };
};

/** Keptn lists events that it triggered itself, until they are answered. */
const isListedBy = (event: KeptnEvent): boolean => isCounted(event) && event.type.endsWith(".triggered");
