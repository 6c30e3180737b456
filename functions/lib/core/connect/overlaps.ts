// Subscriptions of webhook-service that take events from each other.
//
// It has one NATS queue subscription for each distinct event of all its subscriptions, all in one queue group (go-utils,
// connector/eventsource/nats). NATS delivers a message to one member of a group, even if members with different subjects match it.
// webhook-service then considers only subscriptions to the exact subject that received it (connector/controlplane, handle). Several
// subscriptions may have the same subject. Filters do not matter, because they are applied afterwards.
import { intersects, isPattern } from "../source/subject.ts";
import type { WebhookSubscription } from "./selection.ts";

export interface Overlap {
  readonly other: WebhookSubscription;
  /** The wanted events that overlap with it. */
  readonly wanted: readonly string[];
}

/** @param others all subscriptions that stay, regardless of who owns them */
export const overlapsWith = (wanted: readonly string[], others: readonly WebhookSubscription[]): readonly Overlap[] =>
  others.flatMap((other) => {
    const hit = wanted.filter((event) => isOverlap(event, other.event));
    return hit.length > 0 ? [{ other, wanted: hit }] : [];
  });

/** @returns patterns with the others that take some of their events; each pair once, two patterns under the first one */
export const overlapsAmong = (subscriptions: readonly WebhookSubscription[]) => {
  const patterns = [...new Set(subscriptions.map(({ event }) => event).filter(isPattern))];
  return patterns.flatMap((pattern, index) => {
    const others = subscriptions.filter(
      ({ event }) => isOverlap(pattern, event) && !patterns.slice(0, index).includes(event),
    );
    return others.length > 0 ? [{ pattern: subscriptions.filter(({ event }) => event === pattern), others }] : [];
  });
};

const isOverlap = (one: string, other: string): boolean => one !== other && intersects(one, other);
