// The cluster's side of the webhook route: the Broker's address, webhook-service's deny list, the connections, and the timer of `--look-every`.
import { allowedAnnotation, connectionsMap } from "../core/connect/connections.ts";
import { denyListMap } from "../core/connect/deny-list.ts";
import type { ConfigMap } from "../core/kubernetes.ts";
import type { KubernetesApi } from "./api.ts";
import { namespaced } from "./job-paths.ts";
import { sweepSpecOf } from "./timer.ts";

/** Each throws IoError. */
export interface ConnectionObjects {
  /** URL of Broker `keptn`; undefined: it does not exist, or has no address yet. */
  getBrokerUrl(namespace: string): Promise<string | undefined>;
  /** undefined: this cluster has no deny list. */
  getDenyList(keptnNamespace: string): Promise<string | undefined>;
  setDenyList(keptnNamespace: string, denyList: string): Promise<void>;
  readConnections(namespace: string): Promise<Connections>;
  writeConnections(namespace: string, connections: Connections): Promise<void>;
  /** @returns the timer's schedule */
  getLookTimer(namespace: string): Promise<string | undefined>;
  applyLookTimer(namespace: string, schedule: string): Promise<void>;
  deleteLookTimer(namespace: string): Promise<void>;
}

export interface Connections {
  readonly data: Readonly<Record<string, string>>;
  /** Lines that we removed from the deny list. */
  readonly allowed: readonly string[];
}

export const connectConnectionObjects = (api: KubernetesApi): ConnectionObjects => ({
  getBrokerUrl: async (namespace) => {
    const path = `${namespaced(namespace, "/apis/eventing.knative.dev/v1")}/brokers/keptn`;
    return (await get<{ status?: { address?: { url?: string } } }>(api, path))?.status?.address?.url;
  },
  getDenyList: async (keptnNamespace) => {
    const map = await get<ConfigMap>(api, configMap(keptnNamespace, denyListMap));
    return map && (map.data?.["denyList"] ?? "");
  },
  setDenyList: async (keptnNamespace, denyList) => {
    const path = configMap(keptnNamespace, denyListMap);
    const contentType = "application/merge-patch+json";
    await api.call({ method: "PATCH", path, contentType, body: { data: { denyList } }, unread: true });
  },
  readConnections: async (namespace) => {
    const { data = {}, metadata } = (await get<ConfigMap>(api, configMap(namespace, connectionsMap))) ?? {};
    return { data, allowed: (metadata?.annotations?.[allowedAnnotation] ?? "").split(" ").filter(Boolean) };
  },
  writeConnections: (namespace, { data, allowed }) => {
    const path = configMap(namespace, connectionsMap);
    if (Object.keys(data).length === 0) return remove(api, path);
    const annotations = allowed.length > 0 ? { annotations: { [allowedAnnotation]: allowed.join(" ") } } : {};
    const metadata = { name: connectionsMap, namespace, labels, ...annotations };
    return apply(api, path, { apiVersion: "v1", kind: "ConfigMap", metadata, data });
  },
  getLookTimer: async (namespace) =>
    (await get<{ spec?: { schedule?: string } }>(api, lookTimer(namespace)))?.spec?.schedule,
  applyLookTimer: (namespace, schedule) => {
    const metadata = { name: lookTimerName, namespace, labels };
    const spec = sweepSpecOf({ namespace, schedule, sink: "finish-task" });
    return apply(api, lookTimer(namespace), {
      apiVersion: "sources.knative.dev/v1",
      kind: "PingSource",
      metadata,
      spec,
    });
  },
  deleteLookTimer: (namespace) => remove(api, lookTimer(namespace)),
});

const get = async <T>(api: KubernetesApi, path: string): Promise<T | undefined> => {
  const { status, body } = await api.call<T>({ method: "GET", path, expected: [404] });
  return status === 404 ? undefined : body;
};

const apply = async (api: KubernetesApi, object: string, body: object): Promise<void> => {
  const path = `${object}?fieldManager=job-executor-connect&force=true`;
  await api.call({ method: "PATCH", path, contentType: "application/apply-patch+yaml", body, unread: true }); // JSON is YAML
};

const remove = async (api: KubernetesApi, path: string): Promise<void> => {
  await api.call({ method: "DELETE", path, expected: [404], unread: true });
};

const labels = { "app.kubernetes.io/managed-by": "job-executor-connect" };

const configMap = (namespace: string, name: string): string => `${namespaced(namespace)}/configmaps/${name}`;

/** Triggers a sweep, which ends with a check for lost events. The sweep's own timer has another name, and is deleted when no run is open. */
const lookTimerName = "job-executor-look";

const lookTimer = (namespace: string): string =>
  `${namespaced(namespace, "/apis/sources.knative.dev/v1")}/pingsources/${lookTimerName}`;
