// Asks Keptn anew what we are subscribed to, and lets everybody know who has to.
import { compareTopics } from "../core/source/compare-topics.ts";
import { isListed, type LookPlan, planLook } from "../core/source/plan-look.ts";
import { isSubject, leastSubjects } from "../core/source/subject.ts";
import { type Subscription, subscriptionsOf } from "../core/source/subscription.ts";
import { IoError } from "../io/io-error.ts";
import type { Nats } from "../io/nats.ts";
import type { Intake } from "./intake.ts";
import type { SourcePorts } from "./ports.ts";

export type RefreshPorts = Pick<SourcePorts, "keptn" | "settings" | "log"> & {
  readonly intake: Intake;
  readonly nats: Nats | undefined;
};

/** Listens before anything is looked at: what is triggered in between comes both ways, and is passed on once. */
export const makeRefresh = (ports: RefreshPorts): (() => Promise<LookPlan>) => {
  let told = "";
  return async () => {
    const given = await getSubscriptions(ports);
    const subscriptions = given.filter(({ event }) => isSubject(event));
    const now = JSON.stringify(given);
    if (now !== told) tell(given, ports);
    told = now;
    ports.intake.subscribe(subscriptions);
    await ports.nats?.hear(leastSubjects(subscriptions.map(({ event }) => event)));
    return planLook(subscriptions, await ports.keptn.listProjects());
  };
};

/** Whose rights are not enough to register gets what the settings say. */
const getSubscriptions = async ({ keptn, settings, log }: RefreshPorts): Promise<readonly Subscription[]> => {
  try {
    return await keptn.getSubscriptions();
  } catch (fault) {
    if (!(fault instanceof IoError) || fault.retryable) throw fault;
    log({ level: "warn", message: `PUBSUB_TOPIC counts, not what Keptn's Bridge shows: ${fault.message}` });
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
    if (message) log({ level: "warn", message: `the subscription to ${event} brings nothing: ${message}` });
  }
};

const whyNothing = (event: string, byNats: boolean): string | undefined => {
  if (!isSubject(event)) return "it is no event type";
  if (!byNats && !isListed(event)) return "Keptn's API lists triggered events only; others come by NATS";
  return undefined;
};
