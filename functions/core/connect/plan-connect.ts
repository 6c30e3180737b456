// What is to be done to connect, or to disconnect, a project: from what Keptn has now, and nothing that is done already.

import { probeType } from "./probe.ts";
import {
  describeSelection,
  filterOf,
  isSameSelection,
  pendingStage,
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
  /** One for each event that is wanted; without an id it is to be created, a pending one brings nothing yet. */
  readonly wanted: readonly { readonly event: string; readonly id?: string; readonly isPending?: boolean }[];
  /** Ours for the same selection, and no longer wanted. */
  readonly unwanted: readonly WebhookSubscription[];
  /** Our webhooks whose subscription Keptn does not have any more. */
  readonly orphans: readonly string[];
}

export const planConnect = (selection: Selection, events: readonly string[], found: Found): ConnectPlan => {
  const ours = oursOf(selection, found);
  const wanted = [...new Set([...events, probeType])].map((event): ConnectPlan["wanted"][number] => {
    const subscription = ours.find((one) => one.event === event);
    if (!subscription) return { event };
    return { event, id: subscription.id, isPending: isPending(subscription) };
  });
  const unwanted = ours.filter(({ id }) => !wanted.some((one) => one.id === id));
  return { wanted, unwanted, orphans: orphansOf(found) };
};

export const planDisconnect = (selection: Selection, found: Found): Pick<ConnectPlan, "unwanted" | "orphans"> => ({
  unwanted: oursOf(selection, found),
  orphans: orphansOf(found),
});

/**
 * Ours are those whose webhook is: a subscription alone does not say whose it is. One that was begun and not finished has no webhook yet.
 */
export const oursOf = (selection: Selection, { subscriptions, webhooks }: Found): readonly WebhookSubscription[] => {
  const ids = new Set(webhooks.filter(({ isOurs }) => isOurs).map(({ subscriptionID }) => subscriptionID));
  return subscriptions.filter((one) => {
    if (isPending(one)) return one.filter.projects[0] === selection.project;
    const its = selectionOf(one.filter);
    return its !== undefined && isSameSelection(its, selection) && ids.has(one.id);
  });
};

export const isPending = ({ filter }: WebhookSubscription): boolean => filter.stages.includes(pendingStage);

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

export const pendingBody = ({ project }: Selection, event: string): Omit<WebhookSubscription, "id"> => ({
  event,
  filter: { projects: [project], stages: [pendingStage], services: [] },
});

export const noSubscription = (selection: Selection): string =>
  `webhook-service has no subscription of ours for ${describeSelection(selection)}: nothing is connected.`;
