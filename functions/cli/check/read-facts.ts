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
import { connectionsMap } from "../../lib/core/connect/connections.ts";
import type { Settings } from "../../lib/core/settings/settings.ts";
import type { ClusterReader, Kind } from "../../lib/kubernetes/cluster-reader.ts";
import { readJobNamespaces } from "./read-job-namespaces.ts";
import { type PingSource, reviewRights, tryRead } from "./review-rights.ts";

export type KnownFacts = Omit<Facts, "dryEvent">;

/** @throws IoError if the cluster cannot be reached, or does not accept our credentials */
export const readFacts = async (reader: ClusterReader, namespace: string, now: () => Date): Promise<KnownFacts> => {
  const server = await reader.getServer(now);
  const { timers, ...objects } = await readObjects(reader, namespace);
  const settings = settingsOf({ ...objects, namespace });
  const [subscriptions, rest] = await Promise.all([
    objects.keptnSource.kind === "there" ? readSourceSubscriptions(reader, namespace) : missing,
    readRest(reader, { ...objects, namespace, timers }, settings),
  ]);
  const hasTimer =
    timers.kind === "there" && timers.object.some(({ metadata }) => metadata?.name === settings.TIMER_NAME);
  const hasPingSources = timers.kind !== "not-installed";
  return { namespace, server, ...objects, hasPingSources, hasTimer, subscriptions, ...rest };
};

const missing = { kind: "missing" } as const;

type Objects = Awaited<ReturnType<typeof readObjects>> & { readonly namespace: string };

const readObjects = async (reader: ClusterReader, namespace: string) => {
  const read = <T>(kind: Kind, name?: string) =>
    reader.look<T>(kind, { namespace, ...(name === undefined ? {} : { name }) });
  const services = await read<readonly KnativeService[]>(kinds.service);
  const names = services.kind === "there" ? services.object.map(({ metadata }) => metadata?.name ?? "") : [];
  const affixes = affixesOf(names);
  const readOurs = <T>(kind: Kind, name: string) => read<T>(kind, nameWith(affixes, name));
  const objects = await waitForEach({
    groups: reader.listGroups(),
    functions: waitForEach({
      "start-job": readOurs<KnativeService>(kinds.service, "start-job"),
      "finish-task": readOurs<KnativeService>(kinds.service, "finish-task"),
    }),
    brokers: waitForEach({
      keptn: readOurs<Broker>(kinds.broker, "keptn"),
      jobs: readOurs<Broker>(kinds.broker, "jobs"),
    }),
    triggers: read<readonly Trigger[]>(kinds.trigger),
    jobChanges: read<ApiServerSource>(kinds.apiServerSource, "job-changes"),
    timers: read<readonly PingSource[]>(kinds.pingSource),
    keptnSource: readOurs<Deployment>(kinds.deployment, "keptn-source"),
    sinkBinding: readOurs<Conditioned>(kinds.sinkBinding, "keptn-source"),
    connections: read<SettingsMap>(kinds.configMap, connectionsMap),
  });
  const settingsName = settingsNameOf(Object.values(objects.functions));
  return {
    ...{ affixes, ...objects },
    watchSpec: await read<SettingsMap>(kinds.configMap, watchSpecNameOf(objects.functions["start-job"])),
    settings: settingsName === undefined ? missing : await read<SettingsMap>(kinds.configMap, settingsName),
  };
};

const waitForEach = async <T extends Record<string, Promise<unknown>>>(reads: T) =>
  Object.fromEntries(
    await Promise.all(Object.entries(reads).map(async ([name, read]) => [name, await read] as const)),
  ) as { readonly [Name in keyof T]: Awaited<T[Name]> };

type ApiServerSource = Extract<Facts["jobChanges"], { kind: "there" }>["object"];

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

/** start-job mounts this ConfigMap with the spec of the ApiServerSource. */
const watchSpecNameOf = (startJob: Seen<KnativeService>): string =>
  templatesOf([startJob])[0]?.spec?.volumes?.find(({ name }) => name === "job-changes")?.configMap?.name ??
  "job-changes";

const readRest = async (
  reader: ClusterReader,
  objects: Objects,
  settings: Settings,
): Promise<Pick<Facts, "secrets" | "rights" | "jobNamespaces">> => {
  const { namespace, functions, keptnSource, groups } = objects;
  const templates = templatesOf([...Object.values(functions), keptnSource]);
  if (templates.length === 0) return { secrets: [], rights: missing, jobNamespaces: [] };
  return waitForEach({
    secrets: readSecrets(reader, secretsOf(templates, namespace, settings)),
    rights: reviewRights(reader, objects, settings),
    jobNamespaces: readJobNamespaces(reader, jobNamespacesOf(settings), groups),
  });
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
const readSourceSubscriptions = (reader: ClusterReader, namespace: string): Promise<Facts["subscriptions"]> =>
  tryRead(async () => readSubscriptions(await reader.readLogs(namespace, sourcePods)));
