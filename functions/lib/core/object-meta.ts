// Metadata of Kubernetes objects.
import type { Job, Pod } from "./kubernetes.ts";

type Meta = Pick<NonNullable<(Job | Pod)["metadata"]>, "namespace" | "name" | "uid" | "creationTimestamp">;

interface WithMeta {
  readonly metadata?: Meta;
}

/** Reference to a Job or pod for requests; fields that the API server has not set are empty. */
export const refOf = ({ metadata }: WithMeta): { namespace: string; name: string; uid: string } => ({
  namespace: metadata?.namespace ?? "",
  name: metadata?.name ?? "",
  uid: metadata?.uid ?? "",
});

/** Epoch milliseconds; 0 if unknown. */
export const createdMs = ({ metadata }: WithMeta): number => Date.parse(metadata?.creationTimestamp ?? "") || 0;
