// A Job's pods in a real API server: their state, output and Events.
import type { Pod } from "../core/kubernetes.ts";
import type { KubernetesWarning } from "../core/pod/kubernetes-warning.ts";
import { IoError } from "../io-error.ts";
import type { KubernetesApi } from "./api.ts";
import { readLog } from "./log.ts";
import type { Pods } from "./ports.ts";

interface List<T> {
  readonly items: readonly T[];
}

/** core/v1 Event. Events created through events.k8s.io, such as the scheduler's, have `eventTime` and `series` instead of the other times. */
interface Event {
  readonly involvedObject?: { readonly name?: string; readonly fieldPath?: string };
  readonly type?: string;
  readonly reason?: string;
  readonly message?: string;
  readonly firstTimestamp?: string | null;
  readonly lastTimestamp?: string | null;
  readonly eventTime?: string | null;
  readonly series?: { readonly lastObservedTime?: string };
}

const namespaced = (namespace: string): string => `/api/v1/namespaces/${encodeURIComponent(namespace)}`;

export const connectPods = (api: KubernetesApi): Pods => ({
  list: async (job) => {
    const query = new URLSearchParams({ labelSelector: `batch.kubernetes.io/controller-uid=${job.uid}`, limit: "50" });
    const { body } = await api.call<List<Pod>>({ method: "GET", path: `${namespaced(job.namespace)}/pods?${query}` });
    return [...body.items].sort((a, b) => createdOf(a).localeCompare(createdOf(b)));
  },
  getLog: (pod, container, limit) =>
    readLog(api, `${namespaced(pod.namespace)}/pods/${encodeURIComponent(pod.name)}/log`, { container, ...limit }),
  listWarnings: ({ namespace, name, uid }) =>
    listEvents(api, namespace, `involvedObject.name=${name},involvedObject.uid=${uid}`),
  listPodWarnings: async ({ namespace, name }) => {
    const events = await listEvents(api, namespace, "involvedObject.kind=Pod");
    return events.filter(({ object }) => object.startsWith(`${name}-`));
  },
});

type Warning = ReturnType<typeof toWarning>;

/** Latest last. Empty without the right to read Events, because they are only explanations. */
const listEvents = async (api: KubernetesApi, namespace: string, about: string): Promise<Warning[]> => {
  const query = new URLSearchParams({ fieldSelector: `${about},type=Warning`, limit: "500" });
  try {
    const { body } = await api.call<List<Event>>({ method: "GET", path: `${namespaced(namespace)}/events?${query}` });
    return body.items.map(toWarning).sort((a, b) => (a.lastMs || 0) - (b.lastMs || 0));
  } catch (fault) {
    if (fault instanceof IoError && fault.httpStatus === 403) return [];
    throw fault;
  }
};

const createdOf = (pod: Pod): string => pod.metadata?.creationTimestamp ?? "";

const toWarning = (event: Event): KubernetesWarning & { readonly object: string } => {
  const container = /\{(.+)\}$/.exec(event.involvedObject?.fieldPath ?? "")?.[1]; // spec.containers{name}
  const last = event.series?.lastObservedTime ?? event.lastTimestamp ?? event.eventTime;
  return {
    reason: event.reason ?? "",
    message: event.message ?? "",
    ...(container ? { container } : {}),
    firstMs: Date.parse(event.firstTimestamp ?? event.eventTime ?? last ?? ""),
    lastMs: Date.parse(last ?? ""),
    object: event.involvedObject?.name ?? "",
  };
};
