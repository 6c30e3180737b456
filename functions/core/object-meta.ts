// What every object of Kubernetes says of itself.
import type { Job, Pod } from "./kubernetes.ts";

type Meta = Pick<NonNullable<(Job | Pod)["metadata"]>, "namespace" | "name" | "uid" | "creationTimestamp">;

interface WithMeta {
  readonly metadata?: Meta;
}

/** How a Job or a pod is named in requests; empty texts where the API server has not filled it in. */
export const refOf = ({ metadata }: WithMeta): { namespace: string; name: string; uid: string } => ({
  namespace: metadata?.namespace ?? "",
  name: metadata?.name ?? "",
  uid: metadata?.uid ?? "",
});

/** Epoch milliseconds; 0 where nothing says when. */
export const createdMs = ({ metadata }: WithMeta): number => Date.parse(metadata?.creationTimestamp ?? "") || 0;
