// Takes what NATS brings, as long as there is room: what Keptn lists is fetched later, the rest is lost, and that is said.
import { isCounted, type KeptnEvent } from "../core/keptn-event.ts";
import type { Metrics } from "../io/metrics.ts";
import type { Log } from "../io/world.ts";
import type { Backlog } from "./backlog.ts";
import { aboutEvent, type Intake } from "./intake.ts";
import { readEventText } from "./read-event.ts";

export interface ReceivePorts {
  readonly intake: Intake;
  readonly backlog: Backlog;
  readonly metrics: Metrics;
  readonly log: Log;
  /** Called for each event that has to be fetched later. */
  readonly onBacklog: (project: string) => void;
}

export const makeReceive = ({ intake, backlog, metrics, log, onBacklog }: ReceivePorts): ((text: string) => void) => {
  return (text) => {
    const event = readEventText(text);
    if (!event) return log({ level: "debug", message: `no event of Keptn came by NATS: ${text.slice(0, 100)}` });
    if (intake.isKnown(event.id) || !intake.isWanted(event)) return;
    const { project } = event.data;
    const [listed, lane] = [isListedBy(event), event.shkeptncontext];
    if (!(listed && backlog.has({ lane, project })) && intake.take(event, { way: "nats", listed })) return;
    metrics.dropped(listed ? "listed" : "unlisted");
    if (!listed) {
      return log({
        level: "warn",
        message: "no room for an event that Keptn does not list: it is lost",
        ...aboutEvent(event),
      });
    }
    backlog.add({ id: event.id, lane, project });
    onBacklog(project);
  };
};

/** Keptn lists what it triggered itself until it is answered. */
const isListedBy = (event: KeptnEvent): boolean => isCounted(event) && event.type.endsWith(".triggered");
