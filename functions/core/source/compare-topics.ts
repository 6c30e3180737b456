// Whether the settings and our registration in Keptn ask for the same events, and which of the two counts.
import type { Settings } from "../settings.ts";
import { covers } from "./subject.ts";
import { type Subscription, subscriptionsOf } from "./subscription.ts";

export interface Difference {
  /** `missing`: events that the settings name come to nobody. `more`: others come besides. */
  readonly kind: "missing" | "more";
  /** A sentence that says which one counts. */
  readonly seen: string;
  readonly fix: string;
}

type Named = Pick<
  Settings,
  "PUBSUB_TOPIC" | "PROJECT_FILTER" | "STAGE_FILTER" | "SERVICE_FILTER" | "KEPTN_SOURCE" | "K8S_NAMESPACE"
>;

/** @param registered as Keptn has them for our registration: these count @returns undefined when they are the same */
export const compareTopics = (settings: Named, registered: readonly Subscription[]): Difference | undefined => {
  const named = subscriptionsOf(settings);
  const [missing, more] = [without(named, registered), without(registered, named)];
  if (missing.length + more.length === 0) return undefined;
  const { KEPTN_SOURCE: name, K8S_NAMESPACE: namespace } = settings;
  const counts = `What Keptn has for our registration (${name} in namespace ${namespace}) counts, not PUBSUB_TOPIC`;
  const parts = [
    ...(missing.length > 0 ? [`${list(missing)} is in the settings only and comes to nobody`] : []),
    ...(more.length > 0 ? [`${list(more)} is in Keptn only and comes`] : []),
  ];
  return { kind: missing.length > 0 ? "missing" : "more", seen: `${counts}: ${parts.join("; ")}.`, fix };
};

const fix =
  "Change the subscriptions in Keptn's Bridge (Uniform), or PUBSUB_TOPIC and the filters, until both say the same. If the registration is " +
  "another installation's, an older JES for instance, give this one its own: another KEPTN_SOURCE or K8S_NAMESPACE.";

/** Those of which another list does not have all. */
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
