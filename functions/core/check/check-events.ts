// The ways of events: from Keptn to start-job, and from Jobs to finish-task.
import { checkSubscriptions } from "./check-subscriptions.ts";
import { brokerNames, type Deployment, type Facts, type FunctionName, functionNames, type Trigger } from "./facts.ts";
import { type Finding, fine, warn, wrong } from "./finding.ts";
import { applyAgain, checkReady, notReadyBecause, unseen } from "./ready.ts";

export const checkEvents = (facts: Facts): Finding[] => {
  const { namespace, brokers } = facts;
  return [
    ...brokerNames.flatMap((name) =>
      checkReady({ id: "broker", name: `Broker ${name}`, namespace, ref: `broker/${name}` }, brokers[name]),
    ),
    ...functionNames.flatMap((name) => checkTriggers(name, facts)),
    ...checkWatch(facts),
    ...checkTimer(facts),
    ...checkSource(facts),
  ];
};

const brokerOf = { "start-job": "keptn", "finish-task": "jobs" } as const;

/** Those that bring events to a function, whatever their names are: `kn func` makes its own. */
export const triggersOf = (name: FunctionName, triggers: readonly Trigger[]): Trigger[] =>
  triggers.filter(({ spec }) => spec?.subscriber?.ref?.name === name && spec.broker === brokerOf[name]);

const checkTriggers = (name: FunctionName, { triggers, namespace }: Facts): Finding[] => {
  if (triggers.kind === "unknown") return [unseen("trigger", `The Triggers of ${name}`, triggers.why)];
  if (triggers.kind !== "there") return [];
  const found = triggersOf(name, triggers.object);
  if (found.length === 0) {
    const seen = `No Trigger brings events of Broker ${brokerOf[name]} to ${name} in namespace ${namespace}.`;
    return [wrong("trigger", seen, applyAgain)];
  }
  return found.flatMap((object) => {
    const { name: own = "" } = object.metadata ?? {};
    const subject = { id: "trigger", name: `Trigger ${own}`, namespace, ref: `trigger/${own}` } as const;
    return checkReady(subject, { kind: "there", object });
  });
};

/** It exists only while runs do, and a few minutes longer; its spec is there all the time. */
const checkWatch = ({ jobChanges, watchSpec, hasTimer, namespace, settings }: Facts): Finding[] => {
  const { WATCH_NAME: name } = (settings.kind === "there" && settings.object.data) || {};
  const subject = { id: "job-changes", name: `ApiServerSource ${name || "job-changes"}`, namespace } as const;
  const found = () => checkReady({ ...subject, ref: `apiserversource/${name || "job-changes"}` }, jobChanges);
  if (!name) return found(); // whoever installed it keeps it
  const spec = watchSpec.kind === "missing" ? [noSpec(namespace)] : [];
  if (jobChanges.kind !== "missing") return [...spec, ...found()];
  if (!hasTimer)
    return [...spec, fine("job-changes", `${subject.name} is not there, and need not be: no run is open.`)];
  const seen = `${subject.name} is not in namespace ${namespace}, although the sweep's timer is: only the sweep sees tasks end.`;
  const fix = `start-job makes it again with the next event that starts a run; its log says why it could not: kubectl -n ${namespace} logs -l serving.knative.dev/service=start-job -c user-container`;
  return [...spec, warn("job-changes", seen, fix)];
};

const noSpec = (namespace: string): Finding =>
  wrong(
    "job-changes",
    `ConfigMap job-changes, the ApiServerSource's spec, is not in namespace ${namespace}: start-job cannot start without it.`,
    applyAgain,
  );

/** It exists only while runs do: that it can exist is all that can be seen. */
const checkTimer = ({ hasPingSources, groups }: Facts): Finding[] => {
  if (!groups["sources.knative.dev"]) return [];
  if (hasPingSources) return [fine("sweep-timer", "PingSources are installed: the sweep can have its timer.")];
  const seen = "PingSources (sources.knative.dev/v1) are not installed: no sweep looks after lost Job events.";
  return [wrong("sweep-timer", seen, "Install all of Knative Eventing: https://knative.dev/docs/install/")];
};

const checkSource = ({ keptnSource, subscriptions, sinkBinding, namespace, groups }: Facts): Finding[] => {
  if (keptnSource.kind === "unknown") return [unseen("event-source", "Deployment keptn-source", keptnSource.why)];
  if (keptnSource.kind !== "there") {
    const seen = `There is no keptn-source in namespace ${namespace}: events come only if Keptn's webhook-service calls Broker keptn.`;
    const fix =
      "Follow docs/webhook-route.md, or put the component keptn-source-nats or keptn-source-polling into your overlay.";
    return groups["eventing.knative.dev"] ? [warn("event-source", seen, fix)] : [];
  }
  const subject = { id: "event-source", name: "SinkBinding keptn-source", namespace, ref: "sinkbinding/keptn-source" };
  const binding = checkReady({ ...subject, id: "event-source" }, sinkBinding);
  return [checkDeployment(keptnSource.object, namespace), ...binding, ...checkSubscriptions(subscriptions)];
};

const checkDeployment = ({ status }: Deployment, namespace: string): Finding => {
  if ((status?.readyReplicas ?? 0) > 0) return fine("event-source", "Deployment keptn-source is ready.");
  const available = status?.conditions?.find(({ type }) => type === "Available");
  const asReady = { status: { conditions: available ? [{ ...available, type: "Ready" }] : [] } };
  const why = notReadyBecause(asReady) ?? "none of its pods is ready.";
  const fix = `kubectl -n ${namespace} logs deployment/keptn-source`;
  return wrong("event-source", `Deployment keptn-source has no pod that is ready: ${why}`, fix);
};
