// ConfigMaps with the files of a task, on a real API server.
import type { ConfigMap } from "../../core/kubernetes.ts";
import { IoError } from "../io-error.ts";
import type { KubernetesApi } from "./api.ts";

export interface Snapshots {
  /**
   * Creates a ConfigMap. One of the same name is left as it is: it is immutable, and belongs to the same Job.
   * @throws IoError, not retryable when Kubernetes refuses it (too large, forbidden, over quota)
   */
  create(snapshot: ConfigMap): Promise<"created" | "exists">;
}

export const connectSnapshots = (api: KubernetesApi): Snapshots => ({
  create: async (snapshot) => {
    const namespace = encodeURIComponent(snapshot.metadata?.namespace ?? "default");
    const path = `/api/v1/namespaces/${namespace}/configmaps?fieldValidation=Strict`;
    const { status, body } = await api.call<Refusal>({ method: "POST", path, body: snapshot, expected: [409] });
    if (status !== 409) return "created";
    if (body.reason === "AlreadyExists") return "exists";
    throw new IoError(`Kubernetes does not create the ConfigMap: ${body.message}`, {
      retryable: true,
      httpStatus: 409,
    });
  },
});

/** metav1.Status. A namespace that is being removed answers with 409 as well in some versions. */
interface Refusal {
  readonly reason?: string;
  readonly message?: string;
}
