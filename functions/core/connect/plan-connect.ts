// What is to be done to connect, or to disconnect, a project: from what Keptn has now, and nothing that is done already.

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
  /** Of the file at the selection's level. */
  readonly webhooks: readonly KnownWebhook[];
}

export interface ConnectPlan {
  /**
   * One for each event that is wanted; without an id it is to be created. The probe has its own, unless a pattern has it: two that
   * overlap would take events from each other.
   */
  readonly wanted: readonly { readonly event: string; readonly id?: string }[];
  /** Ours for the same selection, and no longer wanted. */
  readonly unwanted: readonly WebhookSubscription[];
  /** Our webhooks whose subscription Keptn does not have any more. */
  readonly orphans: readonly string[];
  /** Any of these, and it must not be done: somebody would lose events. */
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

/** Ours are those whose webhook is: a subscription alone does not say whose it is. */
const oursOf = (selection: Selection, { subscriptions, webhooks }: Found): readonly WebhookSubscription[] => {
  const ids = new Set(webhooks.filter(({ isOurs }) => isOurs).map(({ subscriptionID }) => subscriptionID));
  return subscriptions.filter((one) => isOf(one, selection) && ids.has(one.id));
};

/** Made by a connect that was interrupted: without a webhook every event of it fails, so that nobody can want it as it is. */
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
 * `--retry 9` goes on for ten minutes, with pauses of 1 s, 2 s, 4 s and so on: after the last attempt webhook-service ends the task as
 * errored. A probe that fails is to be told of at once.
 */
const curlOptions = "--max-time 10 --retry 9 --retry-all-errors";
const probeOptions = "--max-time 10 --retry 2 --retry-all-errors";

export const makeWebhook = (event: string, subscriptionID: string, url: string): Webhook => ({
  ...{ type: event, subscriptionID, url },
  options: event === probeType ? probeOptions : curlOptions,
});

/** @returns those that are not in the file as they have to be */
export const missingWebhooks = (webhooks: readonly KnownWebhook[], wanted: readonly Webhook[]): readonly Webhook[] =>
  wanted.filter(
    ({ type, subscriptionID, url, options }) =>
      !webhooks.some(
        (one) =>
          one.subscriptionID === subscriptionID &&
          one.type === type &&
          one.url === url &&
          one.options === options &&
          one.isOurs,
      ),
  );

export const subscriptionBody = (selection: Selection, event: string): Omit<WebhookSubscription, "id"> => ({
  event,
  filter: filterOf(selection),
});

export const noSubscription = (selection: Selection): string =>
  `webhook-service has no subscription of ours for ${describeSelection(selection)}: nothing is connected.`;
