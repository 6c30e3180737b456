// Refreshes our subscriptions from Keptn, and applies them to NATS and to the polls.
import { compareTopics } from "../lib/core/source/compare-topics.ts";
import { isListed, type PollPlan, planPoll } from "../lib/core/source/plan-poll.ts";
import { isSubject, leastSubjects } from "../lib/core/source/subject.ts";
import { type Subscription, subscriptionsOf } from "../lib/core/source/subscription.ts";
import { IoError } from "../lib/io-error.ts";
import type { Admission } from "./admission.ts";
import type { Nats } from "./nats.ts";
import type { SourcePorts } from "./ports.ts";

export type RefreshPorts = Pick<SourcePorts, "keptn" | "settings" | "log"> & {
  readonly admission: Admission;
  readonly nats: Nats | undefined;
};

/** Subscribes to NATS before polling: events triggered in between arrive both ways, and are passed on once. */
export const makeRefresh = (ports: RefreshPorts): (() => Promise<PollPlan>) => {
  let told = "";
  return async () => {
    const given = await getSubscriptions(ports);
    const subscriptions = given.filter(({ event }) => isSubject(event));
    const now = JSON.stringify(given);
    if (now !== told) tell(given, ports);
    told = now;
    ports.admission.subscribe(subscriptions);
    await ports.nats?.hear(leastSubjects(subscriptions.map(({ event }) => event)));
    return planPoll(subscriptions, await ports.keptn.listProjects());
  };
};

/** Uses the settings if we lack the permission to register. */
const getSubscriptions = async ({ keptn, settings, log }: RefreshPorts): Promise<readonly Subscription[]> => {
  try {
    return await keptn.getSubscriptions();
  } catch (fault) {
    if (!(fault instanceof IoError) || fault.retryable) throw fault;
    const message = `using PUBSUB_TOPIC instead of the subscriptions in Keptn's Bridge: ${fault.message}`;
    log({ level: "warn", message });
    return subscriptionsOf(settings);
  }
};

const tell = (subscriptions: readonly Subscription[], { log, nats, settings }: RefreshPorts): void => {
  log({ level: "info", message: "subscriptions", subscriptions });
  const difference = compareTopics(settings, subscriptions);
  if (difference) {
    const { kind, seen, fix } = difference;
    log({ level: kind === "missing" ? "warn" : "info", message: `${seen} ${fix}`, difference });
  }
  for (const { event } of subscriptions) {
    const message = whyNothing(event, nats !== undefined);
    if (message) log({ level: "warn", message: `the subscription to ${event} has no effect: ${message}` });
  }
};

const whyNothing = (event: string, byNats: boolean): string | undefined => {
  if (!isSubject(event)) return "it is not an event type";
  if (!byNats && !isListed(event)) return "Keptn's API lists only triggered events; others come by NATS";
  return undefined;
};
