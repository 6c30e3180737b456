// ConfigMaps with the files of a task, on a real API server.
import type { ConfigMap } from "../../core/kubernetes.ts";
import { IoError } from "../io-error.ts";
import type { KubernetesApi } from "./api.ts";

export interface Snapshots {
  /**
   * Creates a ConfigMap. One of the same name that belongs to the same Job is left as it is: it is immutable.
   * @throws IoError, not retryable when Kubernetes refuses it (too large, forbidden, over quota); retryable while there is one of
   * an earlier Job of that name, which waits to be collected
   */
  create(snapshot: ConfigMap): Promise<"created" | "exists">;
}

export const connectSnapshots = (api: KubernetesApi): Snapshots => ({
  create: async (snapshot) => {
    const { namespace = "default", name = "" } = snapshot.metadata ?? {};
    const collection = `/api/v1/namespaces/${encodeURIComponent(namespace)}/configmaps`;
    const path = `${collection}?fieldValidation=Strict`;
    const { status, body } = await api.call<Refusal>({ method: "POST", path, body: snapshot, expected: [409] });
    if (status !== 409) return "created";
    if (body.reason !== "AlreadyExists") throw later(`Kubernetes does not create the ConfigMap: ${body.message}`);
    const there = { method: "GET", path: `${collection}/${encodeURIComponent(name)}`, expected: [404] } as const;
    const { body: found } = await api.call<ConfigMap>(there);
    if (ownerOf(found) === ownerOf(snapshot)) return "exists";
    throw later(`ConfigMap ${namespace}/${name} is still that of an earlier Job; Kubernetes will collect it.`);
  },
});

const ownerOf = ({ metadata }: ConfigMap): string | undefined => metadata?.ownerReferences?.[0]?.uid;

const later = (message: string): IoError => new IoError(message, { retryable: true, httpStatus: 409 });

/** metav1.Status. A namespace that is being removed answers with 409 as well in some versions. */
interface Refusal {
  readonly reason?: string;
  readonly message?: string;
}
