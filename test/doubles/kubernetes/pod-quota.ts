// A namespace's quota of pods, and what the Job controller says when it is full.
import type { Job } from "../../../functions/lib/core/kubernetes.ts";
import { type KubernetesObject, type ObjectStore, timeOf } from "./object-store.ts";

interface Quota extends KubernetesObject {
  readonly spec?: { readonly hard?: Readonly<Record<string, string>> };
}

/**
 * apiserver: plugin/pkg/admission/resourcequota/controller.go. Pods that have ended use nothing.
 * @param core the namespace's path, with a slash at its end
 */
export const refusePod = (store: ObjectStore, core: string, { metadata }: KubernetesObject): string | undefined => {
  const used = store
    .list((collection) => collection === `${core}pods`)
    .filter((pod) => !/Succeeded|Failed/.test((pod["status"] as { phase?: string }).phase ?? "")).length;
  const full = (store.list((collection) => collection === `${core}resourcequotas`) as Quota[]).find(
    ({ spec }) => used >= Number(spec?.hard?.["pods"] ?? Number.POSITIVE_INFINITY),
  );
  const limits = `requested: pods=1, used: pods=${used}, limited: pods=${full?.spec?.hard?.["pods"]}`;
  return full && `pods "${metadata.name}-x" is forbidden: exceeded quota: ${full.metadata.name}, ${limits}`;
};

/** controller-manager: pkg/controller/controller_utils.go, RealPodControl. One Event, which repeats itself (client-go: tools/record). */
export const noteRefusal = (
  store: ObjectStore,
  core: string,
  { job, refusal }: { readonly job: KubernetesObject; readonly refusal: string },
): void => {
  const { name, namespace = "", uid } = (job as unknown as Job).metadata ?? {};
  const [collection, at] = [`${core}events`, timeOf(new Date())];
  const known = store.get(collection, `${name}.quota`);
  if (known) {
    store.write(collection, { ...known, lastTimestamp: at });
    return;
  }
  store.create(collection, {
    metadata: { name: `${name}.quota`, namespace },
    involvedObject: { kind: "Job", namespace, name, uid },
    ...{ type: "Warning", reason: "FailedCreate", message: `Error creating: ${refusal}` },
    ...{ firstTimestamp: at, lastTimestamp: at },
  });
};
