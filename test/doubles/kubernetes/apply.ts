// Server-side apply: each field manager owns what it applied last, and what it applies no more is removed (Kubernetes: Server-Side Apply, "Merge strategy").
import type { KubernetesObject, ObjectStore } from "./object-store.ts";
import type { Answer, Asked, Place } from "./requests.ts";

interface Managed {
  readonly manager: string;
  /** Of the annotations alone: all else that we apply is the same every time. */
  readonly annotations: readonly string[];
}

type Applied = KubernetesObject & { readonly metadata: { readonly managedFields?: readonly Managed[] } };

export const apply = (asked: Asked, { collection, name = "" }: Place, store: ObjectStore): Answer => {
  const before = store.get(collection, name) as Applied | undefined;
  const given = JSON.parse(asked.body) as KubernetesObject;
  if (asked.query.get("dryRun") === "All") return { status: before ? 200 : 201, body: given };
  const manager = asked.query.get("fieldManager") ?? "";
  const all = before?.metadata.managedFields ?? [];
  const others = all.filter((one) => one.manager !== manager);
  const own = Object.keys(given.metadata.annotations ?? {});
  const dropped = (all.find((one) => one.manager === manager)?.annotations ?? []).filter(
    (key) => !own.includes(key) && !others.some(({ annotations }) => annotations.includes(key)),
  );
  const kept = Object.entries(before?.metadata.annotations ?? {}).filter(([key]) => !dropped.includes(key));
  const metadata = {
    ...before?.metadata,
    ...given.metadata,
    annotations: { ...Object.fromEntries(kept), ...given.metadata.annotations },
    managedFields: [...others, { manager, annotations: own }],
  };
  const applied = before
    ? store.write(collection, { ...before, ...given, metadata: { ...before.metadata, ...metadata } })
    : store.create(collection, { ...given, metadata });
  return { status: before ? 200 : 201, body: applied };
};
