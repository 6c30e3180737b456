// Jobs and pods of a run on a real cluster, and the eviction of pods.
import { label } from "../../../functions/lib/core/annotations/annotations.ts";
import type { KeptnEvent } from "../../../functions/lib/core/event/keptn-event.ts";
import type { Job, Pod } from "../../../functions/lib/core/kubernetes.ts";
import type { KubernetesApi } from "../../../functions/lib/kubernetes/api.ts";
import type { TestNamespace } from "../namespace.ts";

interface InNamespace {
  readonly namespace: TestNamespace;
}

export const jobsOf = (world: InNamespace, event: KeptnEvent): Promise<Job[]> =>
  listOf<Job>(world, event, { api: "/apis/batch/v1", resource: "jobs" });

export const podsOf = (world: InNamespace, event: KeptnEvent): Promise<Pod[]> =>
  listOf<Pod>(world, event, { api: "/api/v1", resource: "pods" });

const listOf = async <T>(
  { namespace }: InNamespace,
  event: KeptnEvent,
  { api, resource }: { readonly api: string; readonly resource: string },
): Promise<T[]> => {
  const query = new URLSearchParams({ labelSelector: `${label.eventId}=${event.id}` });
  const path = `${api}/namespaces/${namespace.name}/${resource}?${query}`;
  return (await namespace.api.call<{ items: T[] }>({ method: "GET", path })).body.items;
};

/** As `kubectl drain` does, for this pod alone: its node may have others, and is open again at once. */
export const drain = async (api: KubernetesApi, pod: Pod): Promise<void> => {
  const cordon = (unschedulable: boolean) =>
    api.call({
      ...{ method: "PATCH", path: `/api/v1/nodes/${pod.spec?.nodeName}`, body: { spec: { unschedulable } } },
      contentType: "application/merge-patch+json",
    });
  await cordon(true);
  try {
    await evict(api, pod);
  } finally {
    await cordon(false);
  }
};

/** By the eviction API. */
export const evict = async (api: KubernetesApi, { metadata }: Pick<Pod, "metadata">): Promise<void> => {
  const { name = "", namespace = "" } = metadata ?? {};
  const body = { apiVersion: "policy/v1", kind: "Eviction", metadata: { name, namespace } };
  await api.call({ method: "POST", path: `/api/v1/namespaces/${namespace}/pods/${name}/eviction`, body });
};
