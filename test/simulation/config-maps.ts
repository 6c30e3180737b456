// ConfigMaps with files and values of tasks, and the garbage collector that removes them after their Jobs.
import { wantedValuesOf } from "../../functions/lib/core/annotations/wanted-values.ts";
import { wantsSnapshot } from "../../functions/lib/core/files/snapshot.ts";
import type { ConfigMap, Job } from "../../functions/lib/core/kubernetes.ts";
import { IoError } from "../../functions/lib/io-error.ts";
import type { Scheduler } from "./scheduler.ts";

export interface ConfigMaps {
  create(map: ConfigMap): "created" | "exists";
  /** Returns one of this name that belongs to the same Job. */
  isThere(map: ConfigMap): boolean;
  /** Whether everything that this Job's pod mounts exists. */
  serves(job: Job): boolean;
  /** Values from earlier tasks for the variables of this Job's pod, by task index; undefined: its pod cannot start. */
  valuesOf(job: Job): ReadonlyMap<number, string | undefined>;
  /** A Job was removed. */
  collect(job: Job): void;
  count(): number;
}

export interface ConfigMapPorts {
  readonly scheduler: Scheduler;
  readonly isThere: (jobUid: string) => boolean;
}

export const makeConfigMaps = ({ scheduler, isThere }: ConfigMapPorts): ConfigMaps => {
  const stored = new Map<string, ConfigMap>();
  const collectLater = (key: string): void =>
    scheduler.after(5000, () => {
      if (!isThere(ownerOf(stored.get(key)) ?? "")) stored.delete(key);
    });
  return {
    create: (map) => {
      const key = `${map.metadata?.namespace}/${map.metadata?.name}`;
      const found = stored.get(key);
      if (found && ownerOf(found) === ownerOf(map)) return "exists";
      if (found) throw new IoError("it is still that of an earlier Job", { retryable: true, httpStatus: 409 });
      stored.set(key, map);
      collectLater(key); // its Job may already be gone
      return "created";
    },
    isThere: (map) => {
      const found = stored.get(`${map.metadata?.namespace}/${map.metadata?.name}`);
      return found !== undefined && ownerOf(found) === ownerOf(map);
    },
    serves: (job) => {
      if (!wantsSnapshot(job)) return true;
      const volumes = job.spec?.template.spec?.volumes ?? [];
      return volumes.every(({ configMap }) => {
        const map = configMap && stored.get(`${job.metadata?.namespace}/${configMap.name}`);
        const owned = ownerOf(map) === job.metadata?.uid;
        return !configMap || (owned && configMap.items?.every(({ key }) => key in (map?.binaryData ?? {})));
      });
    },
    valuesOf: (job) => {
      const map = stored.get(`${job.metadata?.namespace}/${job.metadata?.name}-values`);
      const isOwn = ownerOf(map) === job.metadata?.uid;
      return new Map(wantedValuesOf(job).map(({ task, key }) => [task, isOwn ? map?.data?.[key] : undefined]));
    },
    collect: ({ metadata }) => {
      for (const [key, map] of stored) {
        if (ownerOf(map) === metadata?.uid) collectLater(key);
      }
    },
    count: () => stored.size,
  };
};

export const ownerOf = (map: ConfigMap | undefined): string | undefined => map?.metadata?.ownerReferences?.[0]?.uid;
