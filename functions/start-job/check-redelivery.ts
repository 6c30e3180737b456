// Keptn's view of the runs of a late event: they may have been answered already, and their Jobs be gone.
import { envelopeOf, isCounted, type KeptnEvent } from "../lib/core/event/keptn-event.ts";
import type { RunPlan } from "../lib/core/plan/run-plan.ts";
import { freshSeconds } from "../lib/core/run/job-ttl.ts";
import type { EventCounts } from "../lib/keptn/ports.ts";
import { getConfirmedCounts, isBalanced, ofSource } from "../lib/run/event-counts.ts";
import type { ReconcilePorts } from "../lib/run/ports.ts";

export type Redelivery =
  /** Keptn has not counted any event of it, or it is unknown. */
  | "new"
  /** Its `.started` was counted. */
  | "announced"
  /** Keptn has a `.finished` of it, but its count is not balanced: a delivery stopped halfway. */
  | "partially-reported"
  /** Keptn does not wait for it. */
  | "over";

/** Whether the Jobs of earlier runs of this event certainly still exist: they stay at least this long, see `finalizeRun`. */
export const isFresh = ({ clock }: ReconcilePorts, { time }: KeptnEvent): boolean =>
  !(clock.now().getTime() - Date.parse(time ?? "") > freshSeconds * 1000);

/**
 * Jobs identify runs, but they expire: a redelivery after that would run the event again. So for events that are not fresh Keptn is
 * asked. That is impossible for events that Keptn does not count, and for events with only silent runs.
 * @param known.hasJobs whether some of the event's Jobs exist: then a missing silent run may still need to be created
 * @throws IoError
 */
export const checkRedelivery = async (
  ports: ReconcilePorts,
  event: KeptnEvent,
  { runs, hasJobs }: { readonly runs: readonly RunPlan[]; readonly hasJobs: boolean },
): Promise<readonly Redelivery[]> => {
  const loud = runs.find(({ silent }) => !silent);
  if (isFresh(ports, event) || !loud || !isCounted(event)) return runs.map(() => "new");
  const count = await getConfirmedCounts(ports, envelopeOf(event), loud.source);
  const ended = count.kind === "over" || hasFinished(count, ports.settings.KEPTN_SOURCE);
  return runs.map((run): Redelivery => {
    if (run.silent) return ended && !hasJobs ? "over" : "new";
    return redeliveryOf(run, count, ended);
  });
};

/** One of our runs has finished, so all runs of the event were announced. A run that was not comes from a later config. */
const hasFinished = ({ bySource }: Extract<EventCounts, { kind: "current" }>, ours: string): boolean =>
  [...bySource].some(([source, { finished }]) => finished > 0 && isOwnSource(source, ours));

const redeliveryOf = ({ source }: RunPlan, count: EventCounts, ended: boolean): Redelivery => {
  if (count.kind === "over") return "over";
  const own = ofSource(count, source);
  if (own.finished > 0) return isBalanced(own) ? "over" : "partially-reported";
  if (own.started > 0) return "announced";
  return ended ? "over" : "new";
};

/** @param ours KEPTN_SOURCE, the first run's source. The others append `#` and their number */
export const isOwnSource = (source: string, ours: string): boolean => source === ours || source.startsWith(`${ours}#`);
