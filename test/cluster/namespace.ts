// Temporary namespaces for tests on the cluster that KUBECONFIG names.
import { randomBytes } from "node:crypto";
import { annotation } from "../../functions/lib/core/annotations/annotations.ts";
import type { Job } from "../../functions/lib/core/kubernetes.ts";
import { connectApi, type KubernetesApi } from "../../functions/lib/kubernetes/api.ts";

/** Why the cluster tests cannot run here; undefined when they can. */
export const noCluster: string | undefined = process.env["KUBECONFIG"] ? undefined : "KUBECONFIG names no cluster";

export interface TestNamespace {
  readonly api: KubernetesApi;
  readonly name: string;
  remove(): Promise<void>;
}

export const makeNamespace = async (prefix: string, labels: Record<string, string> = {}): Promise<TestNamespace> => {
  const api = connectApi();
  const name = `${prefix}-${randomBytes(4).toString("hex")}`;
  const body = { apiVersion: "v1", kind: "Namespace", metadata: { name, labels } };
  await api.call({ method: "POST", path: "/api/v1/namespaces", body });
  return { api, name, remove: () => remove(api, name) };
};

/** Jobs that a test left behind are let go, or the namespace would never end. */
const remove = async (api: KubernetesApi, name: string): Promise<void> => {
  const jobs = `/apis/batch/v1/namespaces/${name}/jobs`;
  const { body } = await api.call<{ items: Job[] }>({ method: "GET", path: jobs });
  for (const { metadata } of body.items.filter(
    (job) => job.metadata?.annotations?.[annotation.announced] !== undefined,
  )) {
    const patch = { metadata: { finalizers: null } };
    const contentType = "application/merge-patch+json";
    await api.call({ method: "PATCH", path: `${jobs}/${metadata?.name}`, contentType, body: patch, expected: [404] });
  }
  await api.call({ method: "DELETE", path: `/api/v1/namespaces/${name}`, expected: [404, 409] });
};
