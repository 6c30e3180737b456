// An event as Keptn has it, for what arrives without all that counts.
import { askedAgainMs } from "../chain/count.ts";
import type { ChainPorts } from "../chain/ports.ts";
import { dryEventProject, type KeptnEvent } from "../core/keptn-event.ts";
import type { EventRef } from "../io/keptn.ts";

/**
 * That Keptn does not know it is believed when it has said so twice, some seconds apart (decision 22): it says the same of an event that
 * it is only just storing, and when it has lost sight of its sequences for a moment. Nobody sends an event again that was answered 204.
 * @returns undefined when Keptn has no open event of this id @throws IoError
 */
export const getKnownEvent = async (
  { keptn, clock }: Pick<ChainPorts, "keptn" | "clock">,
  sent: EventRef,
): Promise<KeptnEvent | undefined> => {
  const event = await keptn.getEvent(sent);
  if (event || sent.project === dryEventProject) return event; // of that one nobody expects anything else
  await clock.sleep(askedAgainMs);
  return keptn.getEvent(sent);
};
