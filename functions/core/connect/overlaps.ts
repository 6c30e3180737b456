// Subscriptions of webhook-service that take events from each other.
//
// It makes one NATS queue subscription for each distinct event of all its subscriptions, all in one queue group (go-utils,
// connector/eventsource/nats). NATS gives a message to one member of a group, also where members of different subjects match it, and
// webhook-service then looks only at subscriptions to the very subject that got it (connector/controlplane, handle). Of the same
// subject there may be any number. Filters do not matter: they are looked at afterwards.
import { intersects, isPattern } from "../source/subject.ts";
import type { WebhookSubscription } from "./selection.ts";

export interface Overlap {
  readonly other: WebhookSubscription;
  /** Events that are wanted and that it takes some of. */
  readonly wanted: readonly string[];
}

/** @param others subscriptions that stay beside the wanted ones, whosever they are */
export const overlapsWith = (wanted: readonly string[], others: readonly WebhookSubscription[]): readonly Overlap[] =>
  others.flatMap((other) => {
    const hit = wanted.filter((event) => isOverlap(event, other.event));
    return hit.length > 0 ? [{ other, wanted: hit }] : [];
  });

export interface Clash {
  readonly pattern: readonly WebhookSubscription[];
  /** Each takes some of the pattern's events, and the pattern some of theirs. */
  readonly others: readonly WebhookSubscription[];
}

/** @returns each pair once: of two patterns with the one that comes first */
export const overlapsAmong = (subscriptions: readonly WebhookSubscription[]): readonly Clash[] => {
  const patterns = [...new Set(subscriptions.map(({ event }) => event).filter(isPattern))];
  return patterns.flatMap((pattern, index) => {
    const others = subscriptions.filter(
      ({ event }) => isOverlap(pattern, event) && !patterns.slice(0, index).includes(event),
    );
    return others.length > 0 ? [{ pattern: subscriptions.filter(({ event }) => event === pattern), others }] : [];
  });
};

const isOverlap = (one: string, other: string): boolean => one !== other && intersects(one, other);
