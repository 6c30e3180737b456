// Deletes what belongs to an object that is gone, or that is deleted in the foreground (controller-manager: pkg/controller/garbagecollector/garbagecollector.go).
import type { KubernetesObject, ObjectStore } from "./object-store.ts";

/** Set by a DELETE in the foreground, and taken off once what belongs to the object is gone (apimachinery: pkg/apis/meta/v1/types.go). */
export const foregroundDeletion = "foregroundDeletion";

/** @returns ends it */
export const collectGarbage = (store: ObjectStore): (() => void) => {
  const later = new Set<NodeJS.Immediate>();
  // A moment later, as the real one, and never inside of the request that made the change.
  const soon = (act: () => void): void => {
    const immediate = setImmediate(() => {
      later.delete(immediate);
      act();
    });
    later.add(immediate);
  };
  const deleteDependents = ({ metadata }: KubernetesObject): void => {
    for (const collection of store.collections())
      for (const dependent of store.list((one) => one === collection))
        if (dependent.metadata.ownerReferences?.some(({ uid }) => uid === metadata.uid))
          store.delete(collection, dependent.metadata.name);
  };
  const removeFinalizer = (collection: string, { metadata }: KubernetesObject): void => {
    const object = store.get(collection, metadata.name);
    if (object?.metadata.uid !== metadata.uid) return;
    const finalizers = object.metadata.finalizers?.filter((name) => name !== foregroundDeletion) ?? [];
    store.write(collection, { ...object, metadata: { ...object.metadata, finalizers } });
  };
  const unsubscribe = store.subscribe(({ type, collection, object }) => {
    if (type === "delete") return soon(() => deleteDependents(object));
    if (!object.metadata.finalizers?.includes(foregroundDeletion)) return;
    soon(() => {
      deleteDependents(object);
      removeFinalizer(collection, object);
    });
  });
  return () => {
    unsubscribe();
    for (const immediate of later) clearImmediate(immediate);
  };
};
