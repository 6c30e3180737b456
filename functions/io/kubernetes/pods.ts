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
  listWarnings: async (object) => {
    const fieldSelector = `involvedObject.name=${object.name},involvedObject.uid=${object.uid},type=Warning`;
    const query = new URLSearchParams({ fieldSelector, limit: "50" });
    try {
      const { body } = await api.call<List<Event>>({
        method: "GET",
        path: `${namespaced(object.namespace)}/events?${query}`,
      });
      return [...body.items].sort((a, b) => timeOf(a).localeCompare(timeOf(b))).map(render);
    } catch (fault) {
      // Events only explain; without the right to read them a run is reported all the same.
      if (fault instanceof IoError && fault.httpStatus === 403) return [];
      throw fault;
    }
  },
});

const createdOf = (pod: Pod): string => pod.metadata?.creationTimestamp ?? "";
const timeOf = (event: Event): string => event.lastTimestamp ?? event.eventTime ?? "";
const render = ({ reason, message }: Event): string => `${reason}: ${message}`;
