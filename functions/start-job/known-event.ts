// Looks up an event in Keptn, for events that arrive incomplete or must be verified.
import { dryEventProject, type KeptnEvent } from "../lib/core/event/keptn-event.ts";
import type { EventRef } from "../lib/keptn/ports.ts";
import { askedAgainMs } from "../lib/run/event-counts.ts";
import type { ReconcilePorts } from "../lib/run/ports.ts";

/**
 * "Unknown" counts only when Keptn said so twice, some seconds apart (decision 22). It says the same of an event that it is just storing,
 * and when it temporarily does not see its sequences. An event that was answered with 204 is not redelivered.
 * @returns undefined when Keptn has no open event of this ID @throws IoError
 */
export const getKnownEvent = async (
  { keptn, clock }: Pick<ReconcilePorts, "keptn" | "clock">,
  sent: EventRef,
): Promise<KeptnEvent | undefined> => {
  const event = await keptn.getEvent(sent);
  if (event || sent.project === dryEventProject) return event; // the dry event is never known
  await clock.sleep(askedAgainMs);
  return keptn.getEvent(sent);
};
