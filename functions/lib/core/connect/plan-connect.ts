// Plans the changes that connect or disconnect a project, from Keptn's current state.
import { leastSubjects } from "../source/subject.ts";
import { type Overlap, overlapsWith } from "./overlaps.ts";
import { probeType } from "./probe.ts";
import {
  describeSelection,
  filterOf,
  isSameSelection,
  type Selection,
  selectionOf,
  type WebhookSubscription,
} from "./selection.ts";
import type { KnownWebhook, Webhook } from "./webhook-file.ts";

export interface Found {
  readonly subscriptions: readonly WebhookSubscription[];
  /** From the file at the selection's level. */
  readonly webhooks: readonly KnownWebhook[];
}

export interface ConnectPlan {
  /**
   * One for each wanted event; without an id, it must be created. The probe has its own subscription, unless a pattern covers it, because
   * overlapping subscriptions would take events from each other.
   */
  readonly wanted: readonly { readonly event: string; readonly id?: string }[];
  /** Our subscriptions for the same selection that are no longer wanted. */
  readonly unwanted: readonly WebhookSubscription[];
  /** Our webhooks whose subscription no longer exists in Keptn. */
  readonly orphans: readonly string[];
  /** If there are any, the plan must not be applied: events would be lost. */
  readonly overlaps: readonly Overlap[];
}

export const planConnect = (selection: Selection, events: readonly string[], found: Found): ConnectPlan => {
  const all = leastSubjects([...events, probeType]);
  const ours = oursOf(selection, found);
  const candidates = [...ours, ...unfinishedOf(selection, found)];
  const wanted = all.map((event): ConnectPlan["wanted"][number] => {
    const subscription = candidates.find((one) => one.event === event);
    return subscription ? { event, id: subscription.id } : { event };
  });
  const unwanted = ours.filter(({ id }) => !wanted.some((one) => one.id === id));
  const own = new Set([...wanted, ...unwanted].map(({ id }) => id));
  const others = found.subscriptions.filter(({ id }) => !own.has(id));
  return { wanted, unwanted, orphans: orphansOf(found), overlaps: overlapsWith(all, others) };
};

export const planDisconnect = (selection: Selection, found: Found): Pick<ConnectPlan, "unwanted" | "orphans"> => ({
  unwanted: [...oursOf(selection, found), ...unfinishedOf(selection, found).filter(({ event }) => event === probeType)],
  orphans: orphansOf(found),
});

/** A subscription is ours if its webhook is; the subscription itself has no owner. */
const oursOf = (selection: Selection, { subscriptions, webhooks }: Found): readonly WebhookSubscription[] => {
  const ids = new Set(webhooks.filter(({ isOurs }) => isOurs).map(({ subscriptionID }) => subscriptionID));
  return subscriptions.filter((one) => isOf(one, selection) && ids.has(one.id));
};

/** Left by an interrupted connect: without a webhook, every event of the subscription fails, so nobody needs it. */
const unfinishedOf = (selection: Selection, { subscriptions, webhooks }: Found): readonly WebhookSubscription[] =>
  subscriptions.filter(
    (one) => isOf(one, selection) && !webhooks.some(({ subscriptionID }) => subscriptionID === one.id),
  );

const isOf = ({ filter }: WebhookSubscription, selection: Selection): boolean => {
  const its = selectionOf(filter);
  return its !== undefined && isSameSelection(its, selection);
};

const orphansOf = ({ subscriptions, webhooks }: Found): readonly string[] =>
  webhooks
    .filter(({ isOurs, subscriptionID }) => isOurs && !subscriptions.some(({ id }) => id === subscriptionID))
    .map(({ subscriptionID }) => subscriptionID);

/**
 * `--retry 9` retries for ten minutes, with pauses of 1 s, 2 s, 4 s and so on; after the last attempt, webhook-service ends the task as
 * errored. A probe fails quickly instead.
 */
const curlOptions = "--max-time 10 --retry 9 --retry-all-errors";
const probeOptions = "--max-time 10 --retry 2 --retry-all-errors";

export const makeWebhook = (event: string, subscriptionID: string, url: string): Webhook => ({
  ...{ type: event, subscriptionID, url },
  options: event === probeType ? probeOptions : curlOptions,
});

/** @returns wanted webhooks that are missing from the file or differ */
export const missingWebhooks = (webhooks: readonly KnownWebhook[], wanted: readonly Webhook[]): readonly Webhook[] => {
  const identityOf = ({ subscriptionID, type, url, options }: Webhook) =>
    JSON.stringify([subscriptionID, type, url, options]);
  const known = new Set(webhooks.filter(({ isOurs }) => isOurs).map(identityOf));
  return wanted.filter((webhook) => !known.has(identityOf(webhook)));
};

export const subscriptionBody = (selection: Selection, event: string): Omit<WebhookSubscription, "id"> => ({
  event,
  filter: filterOf(selection),
});

export const noSubscription = (selection: Selection): string =>
  `webhook-service has none of our subscriptions for ${describeSelection(selection)}: nothing is connected.`;
