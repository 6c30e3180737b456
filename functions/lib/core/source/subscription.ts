// Subscriptions: event types, each narrowed to projects, stages and services, as in Keptn's Bridge.
import type { KeptnEvent } from "../event/keptn-event.ts";
import type { Settings } from "../settings/settings.ts";
import { covers } from "./subject.ts";

/** As stored in Keptn (go-utils, models/uniform.go: EventSubscription). */
export interface Subscription {
  /** A type or a pattern. */
  readonly event: string;
  readonly filter: SubscriptionFilter;
}

/** All three must match; an empty list matches everything (go-utils, eventmatcher). */
export interface SubscriptionFilter {
  readonly projects: readonly string[];
  readonly stages: readonly string[];
  readonly services: readonly string[];
}

/** The subscriptions in the settings. */
export const subscriptionsOf = (
  settings: Pick<Settings, "PUBSUB_TOPIC" | "PROJECT_FILTER" | "STAGE_FILTER" | "SERVICE_FILTER">,
): readonly Subscription[] => {
  const { PROJECT_FILTER: projects, STAGE_FILTER: stages, SERVICE_FILTER: services } = settings;
  return settings.PUBSUB_TOPIC.map((event) => ({ event, filter: { projects, stages, services } }));
};

/** One matching subscription is enough: an event is passed on once. */
export const isWanted = (subscriptions: readonly Subscription[], { type, data }: KeptnEvent): boolean =>
  subscriptions.some(
    ({ event, filter }) =>
      covers(event, type) &&
      includes(filter.projects, data.project) &&
      includes(filter.stages, data.stage) &&
      includes(filter.services, data.service),
  );

export const includes = (names: readonly string[], name: string): boolean => names.length === 0 || names.includes(name);
