// How Keptn stands with the runs of an event that comes late: they may have been answered, and their Jobs be gone.
import { countForSure, isEven, ofSource } from "../chain/count.ts";
import type { ChainPorts } from "../chain/ports.ts";
import { envelopeOf, isCounted, type KeptnEvent } from "../core/keptn-event.ts";
import { freshSeconds } from "../core/memory.ts";
import type { RunPlan } from "../core/plan.ts";
import type { Count } from "../io/keptn.ts";

export type Standing =
  /** Nothing was heard of it yet; or nobody can tell. */
  | "new"
  /** Its `.started` was counted. */
  | "announced"
  /** Keptn has a `.finished` of it, but its count is not even: somebody died between the two. */
  | "half-answered"
  /** Nobody waits for it. */
  | "over";

/** Whether a run of this event is known by its Jobs for sure: they stay at least so long, see `tidy`. */
export const isFresh = ({ clock }: ChainPorts, { time }: KeptnEvent): boolean =>
  !(clock.now().getTime() - Date.parse(time ?? "") > freshSeconds * 1000);

/**
 * Runs are known by their Jobs, and they expire: an event that comes again after that would run again. Of an event that is not
 * fresh Keptn is asked. Nobody could tell it of an event that Keptn does not count, or of which all runs are silent.
 * @param known.hasJobs whether some of its Jobs are there: then a silent run that is not may still have to be created
 * @throws IoError
 */
export const standingsOf = async (
  ports: ChainPorts,
  event: KeptnEvent,
  { runs, hasJobs }: { readonly runs: readonly RunPlan[]; readonly hasJobs: boolean },
): Promise<readonly Standing[]> => {
  const loud = runs.find(({ silent }) => !silent);
  if (isFresh(ports, event) || !loud || !isCounted(event)) return runs.map(() => "new");
  const count = await countForSure(ports, envelopeOf(event), loud.source);
  const ended = count.kind === "over" || hasFinished(count, ports.settings.KEPTN_SOURCE);
  return runs.map((run): Standing => {
    if (run.silent) return ended && !hasJobs ? "over" : "new";
    return standingOf(run, count, ended);
  });
};

/** One of our runs ended, so all of this event were announced before. One that was not is of a config that came later. */
const hasFinished = ({ bySource }: Extract<Count, { kind: "current" }>, ours: string): boolean =>
  [...bySource].some(([source, { finished }]) => finished > 0 && isOwnSource(source, ours));

const standingOf = ({ source }: RunPlan, count: Count, ended: boolean): Standing => {
  if (count.kind === "over") return "over";
  const own = ofSource(count, source);
  if (own.finished > 0) return isEven(own) ? "over" : "half-answered";
  if (own.started > 0) return "announced";
  return ended ? "over" : "new";
};

/** @param ours KEPTN_SOURCE: the first run's; the others have their number behind it */
export const isOwnSource = (source: string, ours: string): boolean => source === ours || source.startsWith(`${ours}#`);
