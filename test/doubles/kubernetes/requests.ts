// What the API server makes of a request: the few kinds that the functions use, by the rules of the real one.
import { applyPatch, type Operation } from "rfc6902";
import { apply } from "./apply.ts";
import { foregroundDeletion } from "./garbage-collector.ts";
import { list, metadataOf } from "./lists.ts";
import { partOfLog } from "./log.ts";
import { answerForNamespace, type NamespaceState } from "./namespaces.ts";
import { type KubernetesObject, type ObjectStore, timeOf } from "./object-store.ts";
import { refuse } from "./status.ts";

export { refuse };

export interface Asked {
  readonly method: string;
  /** Without its query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly contentType: string;
  readonly accept: string;
  readonly body: string;
}

export interface Answer {
  readonly status: number;
  /** Text and bytes as they are, all else as JSON. */
  readonly body: unknown;
}

export interface Place {
  readonly collection: string;
  /** Plural, e.g. `jobs`. */
  readonly resource: string;
  readonly namespace?: string;
  readonly name?: string;
  readonly subresource?: string;
}

/** Kinds, by their plural. A cluster without Knative does not know those of the second line. */
const known = new Set([
  ...["jobs", "pods", "events", "configmaps", "secrets", "deployments"],
  ...["services", "brokers", "triggers", "apiserversources", "sinkbindings", "pingsources"],
  ...["namespaces", "localqueues", "resourcequotas"],
]);

export interface Serving {
  readonly store: ObjectStore;
  /** Kinds that this cluster does not know. */
  readonly without: ReadonlySet<string>;
  /** Of those that are not as they should be. */
  readonly namespaces?: ReadonlyMap<string, NamespaceState>;
  readonly logOf: (namespace: string, pod: string) => Buffer | undefined;
  /** What is answered in another way than from the store. */
  readonly answerFirst?: (asked: Asked) => Answer | undefined;
}

export const serve = (asked: Asked, serving: Serving): Answer => {
  const first = serving.answerFirst?.(asked);
  if (first) return first;
  const place = placeOf(asked.path);
  if (!place || !known.has(place.resource) || serving.without.has(place.resource)) {
    return { status: 404, body: "404 page not found\n" };
  }
  const refused = answerForNamespace(asked, place, serving.namespaces?.get(place.namespace ?? ""));
  if (refused) return refused;
  const { store } = serving;
  if (place.subresource === "log") return readLog(asked, place, serving);
  if (place.name === undefined)
    return asked.method === "POST" ? create(asked, place, store) : list(asked, place, store);
  if (asked.method === "PATCH") return patch(asked, place, store);
  const object = store.get(place.collection, place.name);
  if (!object) return refuse(404, "NotFound", `${place.resource} "${place.name}" not found`);
  if (asked.method === "DELETE") return remove(asked, place, { store, object });
  return { status: 200, body: asked.accept.includes("as=PartialObjectMetadata") ? metadataOf(object) : object };
};

/** `/apis/batch/v1/namespaces/jobs/jobs/a`, `/apis/batch/v1/jobs`, `/api/v1/namespaces/jobs/pods/a/log` */
const placeOf = (path: string): Place | undefined => {
  const [, group, namespace, resource, name, subresource] =
    /^(\/api\/v1|\/apis\/[^/]+\/[^/]+)(?:\/namespaces\/([^/]+))?\/([^/]+)(?:\/([^/]+))?(?:\/([^/]+))?$/.exec(path) ??
    [];
  if (!group || !resource) return undefined;
  return {
    collection: `${group}${namespace ? `/namespaces/${namespace}` : ""}/${resource}`,
    resource,
    ...(namespace ? { namespace } : {}),
    ...(name ? { name } : {}),
    ...(subresource ? { subresource } : {}),
  };
};

const create = ({ body }: Asked, { collection, namespace, resource }: Place, store: ObjectStore): Answer => {
  const given = JSON.parse(body) as { metadata: { name: string } };
  const defaults = resource === "jobs" ? { status: {} } : {};
  const created = store.create(collection, {
    ...given,
    ...defaults,
    metadata: { ...given.metadata, ...(namespace && { namespace }) },
  });
  if (created) return { status: 201, body: created };
  return refuse(409, "AlreadyExists", `${resource} "${given.metadata.name}" already exists`);
};

const patch = (asked: Asked, place: Place, store: ObjectStore): Answer => {
  const { collection, name = "", resource } = place;
  const before = store.get(collection, name);
  if (asked.contentType === "application/apply-patch+yaml") return apply(asked, place, store);
  if (!before) return refuse(404, "NotFound", `${resource} "${name}" not found`);
  if (asked.contentType === "application/merge-patch+json") return merge(JSON.parse(asked.body), before, place, store);
  const after = structuredClone(before);
  const faults = applyPatch(after, JSON.parse(asked.body) as Operation[]);
  // A failed test is a 422 without causes (apiserver: endpoints/handlers/patch.go).
  if (faults.some(Boolean))
    return refuse(422, "Invalid", "the server rejected our request due to an error in our request");
  return { status: 200, body: store.write(collection, after) };
};

/** Of metadata only. One that names another resourceVersion than there is changes nothing. */
const merge = (
  { metadata = {} }: { readonly metadata?: Partial<KubernetesObject["metadata"]> },
  before: KubernetesObject,
  { collection, resource }: Place,
  store: ObjectStore,
): Answer => {
  const { resourceVersion = before.metadata.resourceVersion, annotations } = metadata;
  if (resourceVersion !== before.metadata.resourceVersion) return conflict(resource, before);
  const merged = { ...before.metadata, annotations: { ...before.metadata.annotations, ...annotations } };
  return { status: 200, body: store.write(collection, { ...before, metadata: merged }) };
};

const conflict = (resource: string, { metadata }: KubernetesObject): Answer =>
  refuse(409, "Conflict", `Operation cannot be fulfilled on ${resource} "${metadata.name}"`);

const remove = (
  { body }: Asked,
  { collection, resource }: Place,
  found: { store: ObjectStore; object: KubernetesObject },
): Answer => {
  const { metadata } = found.object;
  const { preconditions, propagationPolicy } = JSON.parse(body || "{}") as DeleteOptions;
  const { uid, resourceVersion } = preconditions ?? {};
  if ((uid && uid !== metadata.uid) || (resourceVersion && resourceVersion !== metadata.resourceVersion)) {
    return conflict(resource, found.object);
  }
  // Also of an object that is being deleted already (apiserver: pkg/registry/generic/registry/store.go, deletionFinalizersForGarbageCollection).
  if (propagationPolicy === "Foreground" && !metadata.finalizers?.includes(foregroundDeletion)) {
    const deletionTimestamp = metadata.deletionTimestamp ?? timeOf(new Date());
    const finalizers = [...(metadata.finalizers ?? []), foregroundDeletion];
    found.store.write(collection, { ...found.object, metadata: { ...metadata, deletionTimestamp, finalizers } });
  } else found.store.delete(collection, metadata.name);
  return { status: 200, body: found.object };
};

/** meta/v1 */
interface DeleteOptions {
  readonly preconditions?: Partial<KubernetesObject["metadata"]>;
  readonly propagationPolicy?: "Foreground" | "Background" | "Orphan";
}

const readLog = ({ query }: Asked, { namespace = "", name = "" }: Place, { logOf }: Serving): Answer => {
  const log = logOf(namespace, name);
  return log === undefined
    ? refuse(404, "NotFound", `pods "${name}" not found`)
    : { status: 200, body: partOfLog(log, query) };
};
