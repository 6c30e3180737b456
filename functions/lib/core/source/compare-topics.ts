// Compares the events in the settings with those of our registration in Keptn, which takes precedence.
import type { Settings } from "../settings/settings.ts";
import { covers } from "./subject.ts";
import { type Subscription, subscriptionsOf } from "./subscription.ts";

export interface Difference {
  /** `missing`: events in the settings are not delivered. `more`: additional events are delivered. */
  readonly kind: "missing" | "more";
  /** The difference, as a sentence. */
  readonly seen: string;
  readonly fix: string;
}

type Named = Pick<
  Settings,
  "PUBSUB_TOPIC" | "PROJECT_FILTER" | "STAGE_FILTER" | "SERVICE_FILTER" | "KEPTN_SOURCE" | "K8S_NAMESPACE"
>;

/** @param registered subscriptions of our registration in Keptn, which take precedence @returns undefined if there is no difference */
export const compareTopics = (settings: Named, registered: readonly Subscription[]): Difference | undefined => {
  const named = subscriptionsOf(settings);
  const [missing, more] = [without(named, registered), without(registered, named)];
  if (missing.length + more.length === 0) return undefined;
  const { KEPTN_SOURCE: name, K8S_NAMESPACE: namespace } = settings;
  const counts = `Our registration in Keptn (${name} in namespace ${namespace}) takes precedence over PUBSUB_TOPIC`;
  const parts = [
    ...(missing.length > 0 ? [`${list(missing)} is only in the settings and is not delivered`] : []),
    ...(more.length > 0 ? [`${list(more)} is only in Keptn and is delivered`] : []),
  ];
  return { kind: missing.length > 0 ? "missing" : "more", seen: `${counts}: ${parts.join("; ")}.`, fix };
};

const fix =
  "Change the subscriptions in Keptn's Bridge (Uniform), or PUBSUB_TOPIC and the filters, until they match. If the registration is " +
  "another installation's, e.g. an older JES, give this installation its own: set another KEPTN_SOURCE or K8S_NAMESPACE.";

/** Subscriptions that the other list does not fully cover. */
const without = (some: readonly Subscription[], others: readonly Subscription[]): readonly Subscription[] =>
  some.filter((one) => !others.some((other) => includesAll(other, one)));

const includesAll = (wide: Subscription, narrow: Subscription): boolean =>
  covers(wide.event, narrow.event) &&
  (["projects", "stages", "services"] as const).every((kind) => {
    const [allowed, wanted] = [wide.filter[kind], narrow.filter[kind]];
    return allowed.length === 0 || (wanted.length > 0 && wanted.every((name) => allowed.includes(name)));
  });

const list = (subscriptions: readonly Subscription[]): string => subscriptions.map(describe).join(", ");

const describe = ({ event, filter }: Subscription): string => {
  const names = [...filter.projects, ...filter.stages, ...filter.services];
  return names.length > 0 ? `${event} (${names.join(", ")})` : event;
};
