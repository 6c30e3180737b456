// How Keptn stands with a run whose event comes late: it may have been answered, and its Jobs be gone.
import type { ChainPorts } from "../chain/ports.ts";
import { countFor, isEven } from "../chain/settle.ts";
import { envelopeOf, isCounted, type KeptnEvent } from "../core/keptn-event.ts";
import { freshSeconds } from "../core/memory.ts";
import type { RunPlan } from "../core/plan.ts";

export type Standing =
  /** Nothing was heard of it yet; or nobody can tell. */
  | "new"
  /** Its `.started` was counted. */
  | "announced"
  /** Keptn has a `.finished` of it, but its count is not even: somebody died between the two. */
  | "half-answered"
  /** Nobody waits for it. */
  | "over";

/**
 * A run is known by its Jobs, and they expire: an event that comes again after that would run again. Of an event that is not
 * fresh Keptn is asked; what is fresh finds the Jobs, see `tidy`. Nobody could tell it of a silent run, or of an event that Keptn
 * does not count.
 * @throws IoError
 */
export const standingOf = async (
  ports: ChainPorts,
  event: KeptnEvent,
  { silent, source }: RunPlan,
): Promise<Standing> => {
  const ageMs = ports.clock.now().getTime() - Date.parse(event.time ?? "");
  if (!(ageMs > freshSeconds * 1000) || silent || !isCounted(event)) return "new";
  const count = await countFor(ports, envelopeOf(event), source);
  if (count.kind === "over") return "over";
  if (count.finished > 0) return isEven(count) ? "over" : "half-answered";
  return count.started > 0 ? "announced" : "new";
};
