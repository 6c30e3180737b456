// ConfigMaps of ours in memory, by Kubernetes' rules: one of another owner keeps its name.
import type { ConfigMap } from "../../functions/lib/core/kubernetes.ts";
import { IoError } from "../../functions/lib/io-error.ts";
import type { Snapshots } from "../../functions/lib/kubernetes/ports.ts";

export interface MemorySnapshots extends Snapshots {
  readonly maps: readonly ConfigMap[];
  /** Thrown before a ConfigMap is created, or after. */
  fault?: { readonly when: "before" | "after"; readonly error: IoError };
}

export const makeMemorySnapshots = (): MemorySnapshots => {
  const maps: ConfigMap[] = [];
  const find = ({ metadata }: ConfigMap) =>
    maps.find((map) => map.metadata?.namespace === metadata?.namespace && map.metadata?.name === metadata?.name);
  const made: MemorySnapshots = {
    maps,
    isThere: async (map) => ownerOf(find(map)) === ownerOf(map),
    create: async (map) => {
      if (made.fault?.when === "before") throw made.fault.error;
      const there = find(map);
      if (!there) maps.push(structuredClone(map));
      else if (ownerOf(there) !== ownerOf(map)) throw new IoError("that of an earlier Job", { retryable: true });
      if (made.fault?.when === "after") throw made.fault.error;
      return there ? "exists" : "created";
    },
  };
  return made;
};

const ownerOf = (map: ConfigMap | undefined): string | undefined => map?.metadata?.ownerReferences?.[0]?.uid;
