// Checks which events keptn-source receives, by its log: those of our registration in Keptn, or of PUBSUB_TOPIC.
import { tryJson } from "../json/exact-json.ts";
import type { Difference } from "../source/compare-topics.ts";
import type { Subscription } from "../source/subscription.ts";
import type { Seen, SourceSays } from "./facts.ts";
import { type Finding, fine, warn } from "./finding.ts";
import { unseen } from "./ready.ts";

export const checkSubscriptions = (seen: Seen<SourceSays | undefined>): Finding[] => {
  if (seen.kind === "unknown") return [unseen("event-source", "The log of keptn-source", seen.why)];
  if (seen.kind !== "there" || !seen.object) return [];
  const { types, difference } = seen.object;
  if (difference?.kind === "missing") return [warn("event-source", difference.seen, difference.fix)];
  return [fine("event-source", difference?.seen ?? `keptn-source receives ${types.join(", ") || "no events"}.`)];
};

/** @param log of keptn-source's pods; not all lines are JSON @returns undefined if no line is about subscriptions */
export const readSubscriptions = (log: string): SourceSays | undefined => {
  let says: SourceSays | undefined;
  for (const line of log.split("\n")) {
    const { subscriptions, difference } = parseLine(line);
    if (subscriptions) says = { types: subscriptions.map(({ event }) => event) };
    if (difference) says = { types: says?.types ?? [], difference };
  }
  return says;
};

interface Said {
  readonly subscriptions?: readonly Subscription[];
  readonly difference?: Difference;
}

/** @returns nothing for other lines, and for truncated ones */
const parseLine = (line: string): Said =>
  /"(subscriptions|difference)":/.test(line) ? ((tryJson(line) as Said | undefined) ?? {}) : {};
