// What the API server makes of a request: the few kinds that the functions use, by the rules of the real one.
import { applyPatch, type Operation } from "rfc6902";
import { partOfLog } from "./log.ts";
import type { KubernetesObject, ObjectStore } from "./object-store.ts";

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

interface Place {
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
]);

export interface Serving {
  readonly store: ObjectStore;
  /** Kinds that this cluster does not know. */
  readonly without: ReadonlySet<string>;
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

/** meta.k8s.io/v1, PartialObjectMetadata */
const metadataOf = ({ metadata }: KubernetesObject) => ({
  ...{ apiVersion: "meta.k8s.io/v1", kind: "PartialObjectMetadata", metadata },
});

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

const list = ({ query }: Asked, place: Place, store: ObjectStore): Answer => {
  const all = place.collection.replace(/\/[^/]+$/, "");
  const inCollection = (collection: string) =>
    collection === place.collection ||
    (!place.namespace && collection.startsWith(`${all}/namespaces/`) && collection.endsWith(`/${place.resource}`));
  const wanted = selector(query.get("labelSelector") ?? "");
  const items = store.list(inCollection).filter(({ metadata }) => wanted(metadata.labels ?? {}));
  return { status: 200, body: { kind: "List", metadata: {}, items } };
};

/** `a=b,c in (d,e)` */
const selector = (text: string): ((labels: Readonly<Record<string, string>>) => boolean) => {
  const terms = [...text.matchAll(/([^,=\s]+)(?:=([^,]*)|\s+in\s+\(([^)]*)\))/g)].map(
    ([, key = "", value, values]) => ({
      key,
      values: value !== undefined ? [value] : (values ?? "").split(","),
    }),
  );
  return (labels) => terms.every(({ key, values }) => values.includes(labels[key] ?? ""));
};

const patch = (asked: Asked, place: Place, store: ObjectStore): Answer => {
  const { collection, name = "", resource } = place;
  const before = store.get(collection, name);
  if (asked.contentType === "application/apply-patch+yaml") {
    const given = JSON.parse(asked.body) as KubernetesObject;
    const applied = before
      ? store.write(collection, { ...before, ...given, metadata: { ...before.metadata, ...given.metadata } })
      : store.create(collection, given);
    return { status: before ? 200 : 201, body: applied };
  }
  if (!before) return refuse(404, "NotFound", `${resource} "${name}" not found`);
  const after = structuredClone(before);
  const faults = applyPatch(after, JSON.parse(asked.body) as Operation[]);
  // A failed test is a 422 without causes (apiserver: endpoints/handlers/patch.go).
  if (faults.some(Boolean))
    return refuse(422, "Invalid", "the server rejected our request due to an error in our request");
  return { status: 200, body: store.write(collection, after) };
};

const remove = (
  { body }: Asked,
  { collection, resource }: Place,
  found: { store: ObjectStore; object: KubernetesObject },
): Answer => {
  const { metadata } = found.object;
  const { uid, resourceVersion } =
    (JSON.parse(body || "{}") as { preconditions?: Partial<KubernetesObject["metadata"]> }).preconditions ?? {};
  if ((uid && uid !== metadata.uid) || (resourceVersion && resourceVersion !== metadata.resourceVersion)) {
    return refuse(409, "Conflict", `Operation cannot be fulfilled on ${resource} "${metadata.name}"`);
  }
  found.store.delete(collection, metadata.name);
  return { status: 200, body: found.object };
};

const readLog = ({ query }: Asked, { namespace = "", name = "" }: Place, { logOf }: Serving): Answer => {
  const log = logOf(namespace, name);
  return log === undefined
    ? refuse(404, "NotFound", `pods "${name}" not found`)
    : { status: 200, body: partOfLog(log, query) };
};

/** metav1.Status */
export const refuse = (status: number, reason: string, message: string): Answer => ({
  status,
  body: { kind: "Status", apiVersion: "v1", status: "Failure", reason, message, code: status },
});
