// Our ConfigMaps in a local run: values of earlier tasks, stored with the ConfigMaps that containers refer to.
import type { ConfigMap } from "../../lib/core/kubernetes.ts";
import type { Snapshots } from "../../lib/kubernetes/ports.ts";
import type { Values } from "./container-env.ts";

/** @param configMaps by name; created ones are added. Ours have the names of Jobs, which are unique */
export const localSnapshots = (configMaps: Record<string, Values>): Snapshots => ({
  isThere: async (map) => Object.hasOwn(configMaps, nameOf(map)),
  create: async (map) => {
    const name = nameOf(map);
    if (Object.hasOwn(configMaps, name)) return "exists";
    configMaps[name] = map.data ?? {};
    return "created";
  },
});

const nameOf = ({ metadata }: ConfigMap): string => metadata?.name ?? "";
