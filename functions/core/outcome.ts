// The one word that a run leaves on its Jobs of how it ended.
import type { End, Outcome } from "./marks.ts";
import type { OutgoingEvent } from "./outgoing-event.ts";

/** Of what Keptn was told. */
export const outcomeOfFinished = ({ data }: OutgoingEvent): Outcome => {
  if (data["status"] !== "succeeded") return "errored";
  return results[String(data["result"])] ?? "failed";
};

const results: Readonly<Record<string, Outcome>> = { pass: "passed", warning: "warning" };

/** Of a silent run, that tells nobody. */
export const outcomeOfEnd = ({ kind }: End): Outcome => {
  if (kind === "passed" || kind === "failed") return kind;
  return "errored";
};
