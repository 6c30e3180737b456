// Checks event delivery: from Keptn to start-job, and from Jobs to finish-task.
import { connectionsMap, parseConnections } from "../connect/connections.ts";
import { checkSubscriptions } from "./check-subscriptions.ts";
import { brokerNames, type Deployment, type Facts, type FunctionName, functionNames, type Trigger } from "./facts.ts";
import { type Finding, fine, warn, wrong } from "./finding.ts";
import { type Affixes, nameWith } from "./names.ts";
import { applyAgain, checkReady, notReadyBecause, unseen } from "./ready.ts";

export const checkEvents = (facts: Facts): Finding[] => {
  const { namespace, brokers, affixes } = facts;
  return [
    ...brokerNames.flatMap((own) => {
      const name = nameWith(affixes, own);
      return checkReady({ id: "broker", name: `Broker ${name}`, namespace, ref: `broker/${name}` }, brokers[own]);
    }),
    ...functionNames.flatMap((name) => checkTriggers(name, facts)),
    ...checkWatch(facts),
    ...checkTimer(facts),
    ...checkSource(facts),
  ];
};

const brokerOf = { "start-job": "keptn", "finish-task": "jobs" } as const;

/** Triggers that deliver events to a function, under any name: `kn func` creates its own. */
export const triggersOf = (own: FunctionName, triggers: readonly Trigger[], affixes?: Affixes): Trigger[] => {
  const [name, broker] = [nameWith(affixes, own), nameWith(affixes, brokerOf[own])];
  return triggers.filter(({ spec }) => spec?.subscriber?.ref?.name === name && spec.broker === broker);
};

const checkTriggers = (own: FunctionName, { triggers, namespace, affixes }: Facts): Finding[] => {
  const [name, broker] = [nameWith(affixes, own), nameWith(affixes, brokerOf[own])];
  if (triggers.kind === "unknown") return [unseen("trigger", `The Triggers of ${name}`, triggers.why)];
  if (triggers.kind !== "there") return [];
  const found = triggersOf(own, triggers.object, affixes);
  if (found.length === 0) {
    const seen = `No Trigger delivers events from Broker ${broker} to ${name} in namespace ${namespace}.`;
    return [wrong("trigger", seen, applyAgain)];
  }
  return found.flatMap((object) => {
    const { name: own = "" } = object.metadata ?? {};
    const subject = { id: "trigger", name: `Trigger ${own}`, namespace, ref: `trigger/${own}` } as const;
    return checkReady(subject, { kind: "there", object });
  });
};

/** The ApiServerSource exists only while runs are open, and a few minutes longer; its spec always exists. */
const checkWatch = ({ jobChanges, watchSpec, hasTimer, namespace, settings, affixes }: Facts): Finding[] => {
  const { WATCH_NAME: name } = (settings.kind === "there" && settings.object.data) || {};
  const subject = { id: "job-changes", name: `ApiServerSource ${name || "job-changes"}`, namespace } as const;
  const found = () => checkReady({ ...subject, ref: `apiserversource/${name || "job-changes"}` }, jobChanges);
  if (!name) return found(); // without WATCH_NAME, it is installed permanently
  const spec = watchSpec.kind === "missing" ? [noSpec(namespace)] : [];
  if (jobChanges.kind !== "missing") return [...spec, ...found()];
  if (!hasTimer)
    return [...spec, fine("job-changes", `${subject.name} does not exist, and is not needed: no run is open.`)];
  const seen = `${subject.name} does not exist in namespace ${namespace}, but the sweep's timer does: only the sweep notices when tasks end.`;
  const fix = `start-job recreates it with the next event that starts a run. For the error, see its log: kubectl -n ${namespace} logs -l serving.knative.dev/service=${nameWith(affixes, "start-job")} -c user-container`;
  return [...spec, warn("job-changes", seen, fix)];
};

const noSpec = (namespace: string): Finding =>
  wrong(
    "job-changes",
    `ConfigMap job-changes, with the ApiServerSource's spec, does not exist in namespace ${namespace}: start-job cannot start without it.`,
    applyAgain,
  );

/** The timer exists only while runs are open, so this checks only whether PingSources are installed. */
const checkTimer = ({ hasPingSources, groups }: Facts): Finding[] => {
  if (!groups["sources.knative.dev"]) return [];
  if (hasPingSources) return [fine("sweep-timer", "PingSources are installed, so the sweep's timer can be created.")];
  const seen = "PingSources (sources.knative.dev/v1) are not installed: no sweep recovers lost Job events.";
  return [wrong("sweep-timer", seen, "Install all of Knative Eventing: https://knative.dev/docs/install/")];
};

const checkSource = (facts: Facts): Finding[] => {
  const { keptnSource, connections, subscriptions, sinkBinding, namespace, groups, affixes } = facts;
  const name = nameWith(affixes, "keptn-source");
  if (keptnSource.kind === "unknown") return [unseen("event-source", `Deployment ${name}`, keptnSource.why)];
  if (keptnSource.kind !== "there")
    return groups["eventing.knative.dev"] ? [checkConnections(connections, namespace)] : [];
  const subject = { id: "event-source", name: `SinkBinding ${name}`, namespace, ref: `sinkbinding/${name}` };
  const binding = checkReady({ ...subject, id: "event-source" }, sinkBinding);
  return [checkDeployment(keptnSource.object, { name, namespace }), ...binding, ...checkSubscriptions(subscriptions)];
};

const checkConnections = (connections: Facts["connections"], namespace: string): Finding => {
  if (connections.kind === "unknown") return unseen("event-source", `ConfigMap ${connectionsMap}`, connections.why);
  const data = connections.kind === "there" ? connections.object.data : {};
  const projects = [...new Set(parseConnections(data).map(({ project }) => project))];
  if (projects.length > 0)
    return fine("event-source", `Keptn's webhook-service delivers the events of ${projects.join(", ")}.`);
  const seen = `Keptn's events are not delivered to namespace ${namespace}: keptn-source does not exist, and no project is connected.`;
  const fix =
    "npx job-executor connect --project NAME (docs/webhook-route.md), or add the component keptn-source-nats or keptn-source-polling to your overlay.";
  return warn("event-source", seen, fix);
};

const checkDeployment = (
  { status }: Deployment,
  { name, namespace }: { readonly name: string; readonly namespace: string },
): Finding => {
  if ((status?.readyReplicas ?? 0) > 0) return fine("event-source", `Deployment ${name} is ready.`);
  const available = status?.conditions?.find(({ type }) => type === "Available");
  const asReady = { status: { conditions: available ? [{ ...available, type: "Ready" }] : [] } };
  const why = notReadyBecause(asReady) ?? "none of its pods is ready.";
  const fix = `kubectl -n ${namespace} logs deployment/${name}`;
  return wrong("event-source", `Deployment ${name} does not have a ready pod: ${why}`, fix);
};
