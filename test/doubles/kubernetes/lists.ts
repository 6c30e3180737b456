// Lists as the API server gives them: selected, page by page, in the order of etcd's keys.
import type { KubernetesObject, ObjectStore } from "./object-store.ts";
import type { Answer, Asked, Place } from "./requests.ts";
import { refuse } from "./status.ts";

export const list = ({ query, accept }: Asked, place: Place, store: ObjectStore): Answer => {
  const fields = fieldSelector(query.get("fieldSelector") ?? "", place.resource);
  if (typeof fields === "string") return refuse(400, "BadRequest", fields);
  const labels = labelSelector(query.get("labelSelector") ?? "");
  const keyOf = keyIn(place);
  const items = store
    .list(inCollection(place))
    .filter((object) => labels(object.metadata.labels ?? {}) && fields(object))
    .map((object) => ({ key: keyOf(object), object }))
    .sort((a, b) => (a.key < b.key ? -1 : 1));
  const partial = accept.includes("as=PartialObjectMetadataList");
  const page = pageOf(items, query, store);
  if ("status" in page) return page;
  const kind = partial ? { kind: "PartialObjectMetadataList", apiVersion: "meta.k8s.io/v1" } : { kind: "List" };
  // The list's own metadata comes first (meta/v1, type List).
  return {
    status: 200,
    body: {
      ...kind,
      metadata: page.metadata,
      items: partial ? partialItems(page.items) : page.items,
    },
  };
};

/** An empty one is Go's nil slice, which JSON has as null (apiserver: endpoints/handlers/response.go, asPartialObjectMetadataList). */
const partialItems = (items: Page["items"]) =>
  items.length === 0 ? null : items.map(({ metadata }) => ({ metadata }));

/** meta.k8s.io/v1, PartialObjectMetadata */
export const metadataOf = ({ metadata }: KubernetesObject) => ({
  ...{ apiVersion: "meta.k8s.io/v1", kind: "PartialObjectMetadata", metadata },
});

const inCollection = (place: Place): ((collection: string) => boolean) => {
  const all = place.collection.replace(/\/[^/]+$/, "");
  return (collection) =>
    collection === place.collection ||
    (!place.namespace && collection.startsWith(`${all}/namespaces/`) && collection.endsWith(`/${place.resource}`));
};

/** Relative to the list's own key (apiserver: pkg/storage/continue.go, EncodeContinue). */
const keyIn = ({ namespace }: Place): ((object: KubernetesObject) => string) =>
  namespace ? ({ metadata }) => metadata.name : ({ metadata }) => `${metadata.namespace ?? ""}/${metadata.name}`;

interface Token {
  readonly v: "meta.k8s.io/v1";
  /** Of the first page; -1: whatever is there by now. */
  readonly rv: number;
  readonly start: string;
}

/** apiserver: pkg/storage/continue.go */
export const encodeToken = (token: Omit<Token, "v">): string =>
  Buffer.from(JSON.stringify({ v: "meta.k8s.io/v1", ...token })).toString("base64url");

const decodeToken = (text: string): Token | undefined => {
  try {
    const token = JSON.parse(Buffer.from(text, "base64url").toString()) as Token;
    return token.v === "meta.k8s.io/v1" && token.rv !== 0 && token.start ? token : undefined;
  } catch {
    return undefined;
  }
};

interface Page {
  readonly metadata: { readonly resourceVersion: string; readonly continue?: string };
  readonly items: readonly KubernetesObject[];
}

interface Keyed {
  readonly key: string;
  readonly object: KubernetesObject;
}

const pageOf = (items: readonly Keyed[], query: URLSearchParams, store: ObjectStore): Page | Answer => {
  const [limit, given] = [Number(query.get("limit") ?? 0), query.get("continue")];
  const token = given ? decodeToken(given) : undefined;
  if (given && !token) return refuse(400, "BadRequest", "continue key is not valid: incorrect start key");
  if (token && token.rv > 0 && token.rv < store.oldestVersion()) return expired(token);
  const version = token && token.rv > 0 ? token.rv : store.version();
  const rest = token ? items.filter(({ key }) => key >= token.start) : items;
  const next = limit > 0 ? rest[limit] : undefined;
  const metadata = { resourceVersion: String(version) };
  const objects = rest.map(({ object }) => object);
  if (!next) return { metadata, items: objects };
  return {
    metadata: { ...metadata, continue: encodeToken({ rv: version, start: next.key }) },
    items: objects.slice(0, limit),
  };
};

/** apiserver: pkg/storage/etcd3/errors.go, handleCompactedErrorForPaging */
const expired = ({ start }: Token): Answer => {
  const message =
    "The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter, or use the continue token in this response to retrieve the remainder of the results.";
  const { status, body } = refuse(410, "Expired", message);
  return { status, body: { ...(body as object), metadata: { continue: encodeToken({ rv: -1, start }) } } };
};

/** `a=b`, `c in (d,e)`, `f` (apimachinery: pkg/labels/selector.go) */
const labelSelector = (text: string): ((labels: Readonly<Record<string, string>>) => boolean) => {
  const terms = [...text.matchAll(/([^,=\s()]+)(?:=([^,]*)|\s+in\s+\(([^)]*)\))?/g)];
  return (labels) =>
    terms.every(([, key = "", value, values]) => {
      if (value === undefined && values === undefined) return key in labels;
      return (value === undefined ? (values ?? "").split(",") : [value]).includes(labels[key] ?? "");
    });
};

/** Beside metadata.name and metadata.namespace (registry: batch/job/strategy.go, core/pod/strategy.go, core/event/strategy.go). */
const selectable: Readonly<Record<string, readonly string[]>> = {
  jobs: ["status.successful"],
  pods: ["spec.nodeName", "spec.restartPolicy", "spec.serviceAccountName", "status.phase", "status.podIP"],
  events: ["involvedObject.kind", "involvedObject.name", "involvedObject.uid", "reason", "type"],
};

/** @returns the API server's words for a field that cannot be selected by */
const fieldSelector = (text: string, resource: string): ((object: KubernetesObject) => boolean) | string => {
  const terms = text
    .split(",")
    .filter(Boolean)
    .map((term) => /^([^!=]+)(!?)==?(.*)$/.exec(term) ?? [term, term, "", ""]);
  const known = ["metadata.name", "metadata.namespace", ...(selectable[resource] ?? [])];
  const wrong = terms.find(([, field = ""]) => !known.includes(field))?.[1];
  // registry: apis/batch/v1/conversion.go, apis/core/v1/conversion.go
  if (wrong)
    return resource === "jobs" ? `field label "${wrong}" not supported for Job` : `field label not supported: ${wrong}`;
  return (object) =>
    terms.every(([, field = "", not, value]) => (String(valueAt(object, field) ?? "") === value) === (not === ""));
};

const valueAt = (object: unknown, path: string): unknown =>
  path.split(".").reduce((value, name) => (value as Record<string, unknown> | undefined)?.[name], object);
