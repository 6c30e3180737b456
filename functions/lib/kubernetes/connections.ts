// The cluster's side of the webhook route: the Broker's address, webhook-service's deny list, the connections, and the timer of `--look-every`.
import { allowedAnnotation, connectionsMap } from "../core/connect/connections.ts";
import { denyListMap } from "../core/connect/deny-list.ts";
import type { KubernetesApi } from "./api.ts";

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

interface ConfigMap {
  readonly metadata?: { readonly annotations?: Readonly<Record<string, string>> };
  readonly data?: Readonly<Record<string, string>>;
}

const manager = "fieldManager=job-executor-connect&force=true";
const applied = "application/apply-patch+yaml"; // JSON is YAML

export const connectConnectionObjects = (api: KubernetesApi): ConnectionObjects => {
  const get = async <T>(path: string): Promise<T | undefined> => {
    const { status, body } = await api.call<T>({ method: "GET", path, expected: [404] });
    return status === 404 ? undefined : body;
  };
  const apply = (path: string, body: object) =>
    api.call({ method: "PATCH", path: `${path}?${manager}`, contentType: applied, body, unread: true });
  return {
    getBrokerUrl: async (namespace) => {
      type Broker = { readonly status?: { readonly address?: { readonly url?: string } } };
      return (await get<Broker>(`${eventing(namespace)}/brokers/keptn`))?.status?.address?.url;
    },
    getDenyList: async (keptnNamespace) => {
      const map = await get<ConfigMap>(configMap(keptnNamespace, denyListMap));
      return map && (map.data?.["denyList"] ?? "");
    },
    setDenyList: async (keptnNamespace, denyList) => {
      const path = configMap(keptnNamespace, denyListMap);
      const contentType = "application/merge-patch+json";
      await api.call({ method: "PATCH", path, contentType, body: { data: { denyList } }, unread: true });
    },
    readConnections: async (namespace) => {
      const { data = {}, metadata } = (await get<ConfigMap>(configMap(namespace, connectionsMap))) ?? {};
      return { data, allowed: (metadata?.annotations?.[allowedAnnotation] ?? "").split(" ").filter(Boolean) };
    },
    writeConnections: async (namespace, { data, allowed }) => {
      const path = configMap(namespace, connectionsMap);
      if (Object.keys(data).length === 0) {
        await api.call({ method: "DELETE", path, expected: [404], unread: true });
        return;
      }
      const annotations = allowed.length > 0 ? { annotations: { [allowedAnnotation]: allowed.join(" ") } } : {};
      const metadata = { name: connectionsMap, namespace, labels, ...annotations };
      await apply(path, { apiVersion: "v1", kind: "ConfigMap", metadata, data });
    },
    getLookTimer: async (namespace) => {
      type PingSource = { readonly spec?: { readonly schedule?: string } };
      return (await get<PingSource>(lookTimer(namespace)))?.spec?.schedule;
    },
    applyLookTimer: async (namespace, schedule) => {
      await apply(lookTimer(namespace), makeLookTimer(namespace, schedule));
    },
    deleteLookTimer: async (namespace) => {
      await api.call({ method: "DELETE", path: lookTimer(namespace), expected: [404], unread: true });
    },
  };
};

const labels = { "app.kubernetes.io/managed-by": "job-executor-connect" };

const configMap = (namespace: string, name: string): string =>
  `/api/v1/namespaces/${encodeURIComponent(namespace)}/configmaps/${name}`;

const eventing = (namespace: string): string =>
  `/apis/eventing.knative.dev/v1/namespaces/${encodeURIComponent(namespace)}`;

const lookTimerName = "job-executor-look";

const lookTimer = (namespace: string): string =>
  `/apis/sources.knative.dev/v1/namespaces/${encodeURIComponent(namespace)}/pingsources/${lookTimerName}`;

/** Triggers a sweep, which ends with a check for lost events. The sweep's own timer has another name, and is deleted when no run is open. */
const makeLookTimer = (namespace: string, schedule: string) => ({
  apiVersion: "sources.knative.dev/v1",
  kind: "PingSource",
  metadata: { name: lookTimerName, namespace, labels },
  spec: {
    schedule,
    contentType: "application/json",
    data: JSON.stringify({ action: "sweep" }),
    sink: { ref: { apiVersion: "serving.knative.dev/v1", kind: "Service", namespace, name: "finish-task" } },
  },
});
