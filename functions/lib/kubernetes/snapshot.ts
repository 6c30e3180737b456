// Immutable ConfigMaps owned by a Job (files of its task, values of earlier tasks), in a real API server.
import type { ConfigMap } from "../core/kubernetes.ts";
import { IoError } from "../io-error.ts";
import type { KubernetesApi } from "./api.ts";
import type { Snapshots } from "./ports.ts";

export const connectSnapshots = (api: KubernetesApi): Snapshots => {
  const isThere = async (snapshot: ConfigMap): Promise<boolean> => {
    const path = `${collectionOf(snapshot)}/${encodeURIComponent(snapshot.metadata?.name ?? "")}`;
    const { body: found } = await api.call<ConfigMap>({ method: "GET", path, expected: [404] });
    return ownerOf(found) === ownerOf(snapshot);
  };
  return {
    isThere,
    create: async (snapshot) => {
      const path = `${collectionOf(snapshot)}?fieldValidation=Strict`;
      const call = { method: "POST", path, body: snapshot, expected: [409] } as const;
      const { status, body } = await api.call<{ reason?: string; message?: string }>(call);
      if (status !== 409) return "created";
      // In some versions, a namespace being deleted also causes a 409.
      if (body.reason !== "AlreadyExists") throw later(`Kubernetes did not create the ConfigMap: ${body.message}`);
      if (await isThere(snapshot)) return "exists";
      const { namespace, name } = snapshot.metadata ?? {};
      throw later(`ConfigMap ${namespace}/${name} still belongs to an earlier Job; Kubernetes will delete it.`);
    },
  };
};

const collectionOf = ({ metadata }: ConfigMap): string =>
  `/api/v1/namespaces/${encodeURIComponent(metadata?.namespace ?? "default")}/configmaps`;

const ownerOf = ({ metadata }: ConfigMap): string | undefined => metadata?.ownerReferences?.[0]?.uid;

const later = (message: string): IoError => new IoError(message, { retryable: true, httpStatus: 409 });
