// Reads all objects that a check needs. Later requests depend on earlier results.
import { jobNamespacesOf, secretsOf } from "../../lib/core/check/check-secrets.ts";
import { settingsNameOf, settingsOf, templatesOf } from "../../lib/core/check/check-settings.ts";
import { readSubscriptions } from "../../lib/core/check/check-subscriptions.ts";
import type {
  Broker,
  Conditioned,
  Deployment,
  Facts,
  KnativeService,
  Seen,
  SettingsMap,
  Trigger,
} from "../../lib/core/check/facts.ts";
import { affixesOf, nameWith } from "../../lib/core/check/names.ts";
import { everywhere, type Right, rightsOf } from "../../lib/core/check/rights.ts";
import { connectionsMap } from "../../lib/core/connect/connections.ts";
import { readScopes, runScopeOf } from "../../lib/core/run/run-scope.ts";
import type { Settings } from "../../lib/core/settings/settings.ts";
import { IoError } from "../../lib/io-error.ts";
import type { ClusterReader, Kind } from "../../lib/kubernetes/cluster-reader.ts";
import { readJobNamespaces } from "./read-job-namespaces.ts";

export type KnownFacts = Omit<Facts, "dryEvent">;

export interface Place {
  readonly namespace: string;
  readonly now: () => Date;
}

/** @throws IoError if the cluster cannot be reached, or does not accept our credentials */
export const readFacts = async (reader: ClusterReader, { namespace, now }: Place): Promise<KnownFacts> => {
  const server = await reader.getServer(now);
  const look = <T>(kind: Kind, name?: string) =>
    reader.look<T>(kind, { namespace, ...(name === undefined ? {} : { name }) });
  const services = await look<readonly KnativeService[]>(kinds.service);
  const affixes = affixesOf(
    services.kind === "there" ? services.object.map(({ metadata }) => metadata?.name ?? "") : [],
  );
  const lookAtOurs = <T>(kind: Kind, name: string) => look<T>(kind, nameWith(affixes, name));
  const [
    groups,
    startJob,
    finishTask,
    keptn,
    jobs,
    triggers,
    jobChanges,
    timers,
    keptnSource,
    sinkBinding,
    connections,
  ] = await Promise.all([
    reader.listGroups(),
    lookAtOurs<KnativeService>(kinds.service, "start-job"),
    lookAtOurs<KnativeService>(kinds.service, "finish-task"),
    lookAtOurs<Broker>(kinds.broker, "keptn"),
    lookAtOurs<Broker>(kinds.broker, "jobs"),
    look<readonly Trigger[]>(kinds.trigger),
    look<Conditioned & AccountNamed>(kinds.apiServerSource, "job-changes"),
    look<readonly PingSource[]>(kinds.pingSource),
    lookAtOurs<Deployment>(kinds.deployment, "keptn-source"),
    lookAtOurs<Conditioned>(kinds.sinkBinding, "keptn-source"),
    look<SettingsMap>(kinds.configMap, connectionsMap),
  ]);
  const functions = { "start-job": startJob, "finish-task": finishTask };
  const watchSpec = await look<SettingsMap>(kinds.configMap, watchSpecNameOf(startJob));
  const settings = await readSettings(reader, namespace, [startJob, finishTask]);
  const templates = templatesOf([startJob, finishTask, keptnSource]);
  const parsed = settingsOf({ functions, settings, namespace });
  const accounts = {
    startJob: accountOf(startJob) ?? nameWith(affixes, "start-job"),
    finishTask: accountOf(finishTask) ?? nameWith(affixes, "finish-task"),
    jobChanges: watchAccountOf(jobChanges, watchSpec),
  };
  const hasTimer =
    timers.kind === "there" && timers.object.some(({ metadata }) => metadata?.name === parsed.TIMER_NAME);
  const places = { namespace, jobNamespaces: placesOfJobs(parsed), formerNamespaces: formerNamespacesOf(timers) };
  const rights = rightsOf(accounts, places, parsed);
  const isInstalled = templates.length > 0;
  const [subscriptions, secrets, judged, jobNamespaces] = await Promise.all([
    keptnSource.kind === "there" ? readSourceSubscriptions(reader, namespace) : ({ kind: "missing" } as const),
    readSecrets(reader, isInstalled ? secretsOf(templates, namespace, parsed) : []),
    isInstalled ? reviewRights(reader, rights, namespace) : ({ kind: "missing" } as const),
    readJobNamespaces(reader, isInstalled ? jobNamespacesOf(parsed) : [], groups),
  ]);
  return {
    ...{ namespace, affixes, server, groups, functions, brokers: { keptn, jobs }, triggers, jobChanges, watchSpec },
    ...{
      hasPingSources: timers.kind !== "not-installed",
      hasTimer,
      keptnSource,
      connections,
      subscriptions,
      sinkBinding,
      settings,
      secrets,
      rights: judged,
      jobNamespaces,
    },
  };
};

/** A pattern in ALLOWED_NAMESPACES needs rights in every namespace, because the sweep lists all at once. */
const placesOfJobs = (settings: Settings): string[] => {
  const isWide = runScopeOf(settings).namespaces.includes(everywhere);
  return [...jobNamespacesOf(settings), ...(isWide ? [everywhere] : [])];
};

const kinds = {
  service: { apiVersion: "serving.knative.dev/v1", resource: "services" },
  broker: { apiVersion: "eventing.knative.dev/v1", resource: "brokers" },
  trigger: { apiVersion: "eventing.knative.dev/v1", resource: "triggers" },
  apiServerSource: { apiVersion: "sources.knative.dev/v1", resource: "apiserversources" },
  pingSource: { apiVersion: "sources.knative.dev/v1", resource: "pingsources" },
  sinkBinding: { apiVersion: "sources.knative.dev/v1", resource: "sinkbindings" },
  deployment: { apiVersion: "apps/v1", resource: "deployments" },
  configMap: { apiVersion: "v1", resource: "configmaps" },
  secret: { apiVersion: "v1", resource: "secrets" },
} as const satisfies Record<string, Kind>;

interface PingSource {
  readonly metadata?: { readonly name?: string; readonly annotations?: Readonly<Record<string, string>> };
}

/** Recorded by start-job on the sweep's timer. */
const formerNamespacesOf = (timers: Seen<readonly PingSource[]>): string[] =>
  (timers.kind === "there" ? timers.object : [])
    .flatMap(({ metadata }) => readScopes(metadata?.annotations))
    .flatMap(({ namespaces }) => namespaces)
    .filter((name) => name !== "*");

interface AccountNamed {
  readonly spec?: { readonly serviceAccountName?: string };
}

/** start-job mounts this ConfigMap with the spec of the ApiServerSource. */
const watchSpecNameOf = (startJob: Seen<KnativeService>): string =>
  templatesOf([startJob])[0]?.spec?.volumes?.find(({ name }) => name === "job-changes")?.configMap?.name ??
  "job-changes";

/** From the ApiServerSource, or from the spec of the next one. */
const watchAccountOf = (watch: Seen<Conditioned & AccountNamed>, spec: Seen<SettingsMap>): string =>
  (watch.kind === "there" && watch.object.spec?.serviceAccountName) ||
  (spec.kind === "there" && spec.object.data?.["serviceAccountName"]) ||
  "job-changes";

const accountOf = (seen: Seen<KnativeService>): string | undefined => templatesOf([seen])[0]?.spec?.serviceAccountName;

const readSettings = async (
  reader: ClusterReader,
  namespace: string,
  services: readonly Seen<KnativeService>[],
): Promise<Seen<SettingsMap>> => {
  const name = settingsNameOf(services);
  return name === undefined ? { kind: "missing" } : reader.look<SettingsMap>(kinds.configMap, { namespace, name });
};

const readSecrets = (reader: ClusterReader, secrets: ReturnType<typeof secretsOf>): Promise<Facts["secrets"]> =>
  Promise.all(
    secrets.map(async (secret) => ({
      ...secret,
      seen: await reader.look(kinds.secret, { ...secret, metadataOnly: true }),
    })),
  );

const sourcePods = { labelSelector: "app.kubernetes.io/name=keptn-source", container: "keptn-source" } as const;

/** Without Keptn's token, keptn-source's log is the only way to know its subscriptions. */
const readSourceSubscriptions = async (reader: ClusterReader, namespace: string): Promise<Facts["subscriptions"]> => {
  try {
    return { kind: "there", object: readSubscriptions(await reader.readLogs(namespace, sourcePods)) };
  } catch (fault) {
    if (fault instanceof IoError) return { kind: "unknown", why: fault.message.replace(/\.?$/, ".") };
    throw fault;
  }
};

/** The first response shows whether we may ask at all. */
const reviewRights = async (
  reader: ClusterReader,
  rights: readonly Right[],
  home: string,
): Promise<Facts["rights"]> => {
  const query = async (right: Right) => ({ ...right, allowed: await reader.mayDo(right, home) });
  try {
    const [first, ...others] = rights;
    const seen = first ? [await query(first)] : [];
    return { kind: "there", object: [...seen, ...(await Promise.all(others.map(query)))] };
  } catch (fault) {
    if (fault instanceof IoError) return { kind: "unknown", why: fault.message.replace(/\.?$/, ".") };
    throw fault;
  }
};
