// Objects as an API server keeps them: by collection and name, with versions, uids and finalizers.
import { randomUUID } from "node:crypto";
import { isDeepStrictEqual } from "node:util";

export interface KubernetesObject {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata: Metadata;
  readonly [field: string]: unknown;
}

export interface Metadata {
  readonly name: string;
  readonly namespace?: string;
  readonly uid: string;
  readonly resourceVersion: string;
  readonly creationTimestamp: string;
  readonly deletionTimestamp?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly finalizers?: readonly string[];
  readonly generation?: number;
  readonly ownerReferences?: readonly { readonly uid: string }[];
}

/** Types as an ApiServerSource ends its event types with. */
export interface Change {
  readonly type: "add" | "update" | "delete";
  readonly collection: string;
  readonly object: KubernetesObject;
}

export interface ObjectStore {
  /** @returns undefined when there is one of this name */
  create(collection: string, given: Given): KubernetesObject | undefined;
  get(collection: string, name: string): KubernetesObject | undefined;
  /** In the order of their creation. */
  list(inCollection: (collection: string) => boolean): KubernetesObject[];
  /** Writes a changed object; one that changes nothing keeps its version (API server: no-op updates). */
  write(collection: string, object: KubernetesObject): KubernetesObject;
  /** With finalizers it stays, as one that is being deleted. */
  delete(collection: string, name: string): void;
  subscribe(listener: (change: Change) => void): () => void;
  collections(): readonly string[];
  /** Of the last change. */
  version(): number;
  /** What is older than that is forgotten: a list of it cannot be gone on with. */
  oldestVersion(): number;
  /** Forgets all older versions (etcd: compaction, every five minutes). */
  compact(): void;
}

interface Given {
  readonly metadata?: Partial<Metadata>;
  readonly [field: string]: unknown;
}

export const makeObjectStore = (): ObjectStore => {
  const stored = new Map<string, Map<string, KubernetesObject>>();
  const listeners = new Set<(change: Change) => void>();
  let [version, oldest] = [0, 0];
  const objectsOf = (collection: string): Map<string, KubernetesObject> => {
    const objects = stored.get(collection) ?? new Map();
    stored.set(collection, objects);
    return objects;
  };
  const tell = (change: Change): void => {
    for (const listener of listeners) listener(change);
  };
  const put = (collection: string, object: KubernetesObject): KubernetesObject => {
    const written = { ...object, metadata: { ...object.metadata, resourceVersion: String(++version) } };
    const gone = written.metadata.deletionTimestamp !== undefined && !written.metadata.finalizers?.length;
    if (gone) objectsOf(collection).delete(written.metadata.name);
    else objectsOf(collection).set(written.metadata.name, written);
    tell({ type: gone ? "delete" : "update", collection, object: written });
    return written;
  };
  return {
    create: (collection, given) => {
      const name = given.metadata?.name ?? "";
      if (objectsOf(collection).has(name)) return undefined;
      const added = { uid: randomUUID(), resourceVersion: String(++version), creationTimestamp: timeOf(new Date()) };
      const object: KubernetesObject = { ...given, metadata: { ...given.metadata, name, ...added, generation: 1 } };
      objectsOf(collection).set(name, object);
      tell({ type: "add", collection, object });
      return object;
    },
    get: (collection, name) => stored.get(collection)?.get(name),
    list: (inCollection) =>
      [...stored].flatMap(([collection, objects]) => (inCollection(collection) ? [...objects.values()] : [])),
    write: (collection, object) => {
      const before = objectsOf(collection).get(object.metadata.name);
      return before && isDeepStrictEqual(before, object) ? before : put(collection, object);
    },
    delete: (collection, name) => {
      const object = stored.get(collection)?.get(name);
      if (!object || object.metadata.deletionTimestamp) return;
      put(collection, { ...object, metadata: { ...object.metadata, deletionTimestamp: timeOf(new Date()) } });
    },
    collections: () => [...stored.keys()],
    version: () => version,
    oldestVersion: () => oldest,
    compact: () => {
      oldest = ++version;
    },
    subscribe: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
};

/** Kubernetes' times have whole seconds (metav1.Time). */
export const timeOf = (date: Date): string => `${date.toISOString().slice(0, 19)}Z`;
