// Pods of a run on a real cluster, and their eviction.
import type { KeptnEvent } from "../../../functions/lib/core/event/keptn-event.ts";
import type { Pod } from "../../../functions/lib/core/kubernetes.ts";
import type { KubernetesApi } from "../../../functions/lib/kubernetes/api.ts";
import type { TestWorld } from "./world.ts";

export const podsOf = async ({ namespace }: TestWorld, event: KeptnEvent): Promise<Pod[]> => {
  const query = new URLSearchParams({ labelSelector: `keptn.sh/event-id=${event.id}` });
  const path = `/api/v1/namespaces/${namespace.name}/pods?${query}`;
  return (await namespace.api.call<{ items: Pod[] }>({ method: "GET", path })).body.items;
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
