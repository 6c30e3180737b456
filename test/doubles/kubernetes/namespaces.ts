// What becomes of requests in a namespace whose rights are gone, that is being deleted, or that is not there.
import type { KubernetesObject, ObjectStore } from "./object-store.ts";
import type { Answer, Asked, Place } from "./requests.ts";
import { refuse } from "./status.ts";

export type NamespaceState =
  /** Nobody has a right there: its RoleBindings are gone. */
  | "forbidden"
  /** It was deleted, and waits for finalizers of what is in it. */
  | "terminating"
  /** It is not there. A list of what would be in it is empty, and no fault. */
  | "missing";

const verbs: Readonly<Record<string, string>> = { POST: "create", PATCH: "patch", DELETE: "delete" };

/** @returns undefined where the namespace does not matter */
export const answerForNamespace = (
  { method, body }: Asked,
  place: Place,
  state: NamespaceState | undefined,
): Answer | undefined => {
  const { collection, namespace, resource, name } = place;
  const group = /^\/apis\/([^/]+)/.exec(collection)?.[1] ?? "";
  const qualified = group ? `${resource}.${group}` : resource;
  if (state === "forbidden") {
    // apiserver: pkg/endpoints/handlers/responsewriters/errors.go, Forbidden
    const verb = method === "GET" ? (name === undefined ? "list" : "get") : verbs[method];
    const object = name === undefined ? qualified : `${qualified} "${name}"`;
    const who = 'User "system:serviceaccount:keptn-jes:double"';
    const what = `cannot ${verb} resource "${resource}" in API group "${group}" in the namespace "${namespace}"`;
    return refuse(403, "Forbidden", `${object} is forbidden: ${who} ${what}`);
  }
  if (method !== "POST" || state === undefined) return undefined;
  // apiserver: pkg/admission/plugin/namespace/lifecycle/admission.go
  if (state === "missing") return refuse(404, "NotFound", `namespaces "${namespace}" not found`);
  const created = (JSON.parse(body) as KubernetesObject).metadata.name;
  const why = `unable to create new content in namespace ${namespace} because it is being terminated`;
  return refuse(403, "Forbidden", `${qualified} "${created}" is forbidden: ${why}`);
};

/** Deletes what is in it (controller-manager: pkg/controller/namespace/deletion/namespaced_resources_deleter.go). */
export const deleteContent = (store: ObjectStore, namespace: string): void => {
  const inside = (collection: string) => collection.includes(`/namespaces/${namespace}/`);
  for (const collection of store.collections().filter(inside))
    for (const { metadata } of store.list((one) => one === collection)) store.delete(collection, metadata.name);
};
