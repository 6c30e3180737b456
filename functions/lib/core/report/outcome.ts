// The outcome of a run, as noted on its Jobs.
import type { End, Outcome } from "../annotations/annotations.ts";
import type { OutgoingEvent } from "../event/outgoing-event.ts";

export const outcomeOfFinished = ({ data }: OutgoingEvent): Outcome => {
  if (data["status"] !== "succeeded") return "errored";
  return results[String(data["result"])] ?? "failed";
};

const results: Readonly<Record<string, Outcome>> = { pass: "passed", warning: "warning" };

/** The outcome of a silent run, which sends no event. */
export const outcomeOfEnd = ({ kind }: End): Outcome => {
  if (kind === "passed" || kind === "failed") return kind;
  return "errored";
};
