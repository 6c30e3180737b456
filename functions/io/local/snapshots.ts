// ConfigMaps of ours in a local run: what earlier tasks wrote, where containers find what they refer to.
import type { ConfigMap } from "../../core/kubernetes.ts";
import type { Snapshots } from "../kubernetes/ports.ts";
import type { Values } from "./container-env.ts";

/** @param configMaps by name; those that are created are put in. The names of ours are those of Jobs, of which there is one each */
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
