// Which events we get: types, each narrowed to projects, stages and services, as Keptn's Bridge shows and changes them.
import type { KeptnEvent } from "../keptn-event.ts";
import type { Settings } from "../settings.ts";
import { covers } from "./subject.ts";

/** As Keptn keeps it (go-utils, models/uniform.go: EventSubscription). */
export interface Subscription {
  /** A type, or a pattern of types. */
  readonly event: string;
  readonly filter: SubscriptionFilter;
}

/** All three must hold; an empty list holds for anything (go-utils, eventmatcher). */
export interface SubscriptionFilter {
  readonly projects: readonly string[];
  readonly stages: readonly string[];
  readonly services: readonly string[];
}

/** Those that the settings name. */
export const subscriptionsOf = (
  settings: Pick<Settings, "PUBSUB_TOPIC" | "PROJECT_FILTER" | "STAGE_FILTER" | "SERVICE_FILTER">,
): readonly Subscription[] => {
  const { PROJECT_FILTER: projects, STAGE_FILTER: stages, SERVICE_FILTER: services } = settings;
  return settings.PUBSUB_TOPIC.map((event) => ({ event, filter: { projects, stages, services } }));
};

/** One is enough, however many there are: an event is passed on once. */
export const isWanted = (subscriptions: readonly Subscription[], { type, data }: KeptnEvent): boolean =>
  subscriptions.some(
    ({ event, filter }) =>
      covers(event, type) &&
      includes(filter.projects, data.project) &&
      includes(filter.stages, data.stage) &&
      includes(filter.services, data.service),
  );

export const includes = (names: readonly string[], name: string): boolean => names.length === 0 || names.includes(name);
