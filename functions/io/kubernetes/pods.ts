// Pods of a Job on a real API server: their state, their output, and what Kubernetes noted about them.
import type { Pod } from "../../core/kubernetes.ts";
import { IoError } from "../io-error.ts";
import type { KubernetesApi } from "./api.ts";
import { readLog } from "./log.ts";
import type { Pods } from "./ports.ts";

interface List<T> {
  readonly items: readonly T[];
}

interface Event {
  readonly involvedObject?: { readonly name?: string };
  readonly type?: string;
  readonly reason?: string;
  readonly message?: string;
  readonly lastTimestamp?: string;
  readonly eventTime?: string;
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
  listWarnings: async ({ namespace, name, uid }) =>
    (await listEvents(api, namespace, `involvedObject.name=${name},involvedObject.uid=${uid}`)).map(render),
  listPodWarnings: async ({ namespace, name }) => {
    const events = await listEvents(api, namespace, "involvedObject.kind=Pod");
    return events.filter(({ involvedObject }) => involvedObject?.name?.startsWith(`${name}-`)).map(render);
  },
});

/** Oldest first; none without the right to read them: they only explain, and a run is reported all the same. */
const listEvents = async (api: KubernetesApi, namespace: string, about: string): Promise<Event[]> => {
  const query = new URLSearchParams({ fieldSelector: `${about},type=Warning`, limit: "500" });
  try {
    const { body } = await api.call<List<Event>>({ method: "GET", path: `${namespaced(namespace)}/events?${query}` });
    return [...body.items].sort((a, b) => timeOf(a).localeCompare(timeOf(b)));
  } catch (fault) {
    if (fault instanceof IoError && fault.httpStatus === 403) return [];
    throw fault;
  }
};

const createdOf = (pod: Pod): string => pod.metadata?.creationTimestamp ?? "";
const timeOf = (event: Event): string => event.lastTimestamp ?? event.eventTime ?? "";
const render = ({ reason, message }: Event): string => `${reason}: ${message}`;
