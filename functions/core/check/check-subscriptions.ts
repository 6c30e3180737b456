// Which events keptn-source gets, as it says itself: what our registration in Keptn has, or what PUBSUB_TOPIC names.
import type { Difference } from "../source/compare-topics.ts";
import type { Subscription } from "../source/subscription.ts";
import type { Seen } from "./facts.ts";
import { type Finding, fine, warn } from "./finding.ts";
import { unseen } from "./ready.ts";

/** Of its log, the last lines about it. */
export interface SourceSays {
  readonly types: readonly string[];
  readonly difference?: Difference;
}

export const checkSubscriptions = (seen: Seen<SourceSays | undefined>): Finding[] => {
  if (seen.kind === "unknown") return [unseen("event-source", "The log of keptn-source", seen.why)];
  if (seen.kind !== "there" || !seen.object) return [];
  const { types, difference } = seen.object;
  if (difference?.kind === "missing") return [warn("event-source", difference.seen, difference.fix)];
  return [fine("event-source", difference?.seen ?? `keptn-source gets ${types.join(", ") || "no events"}.`)];
};

/** @param log of keptn-source's pods, lines of JSON among others @returns undefined when it says nothing of it */
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

const parseLine = (line: string): Said => {
  if (!/"(subscriptions|difference)":/.test(line)) return {};
  try {
    return JSON.parse(line) as Said;
  } catch {
    return {}; // half of a line
  }
};
