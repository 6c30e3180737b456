// The ApiServerSource that notifies finish-task of Job changes. Knative runs a pod for it, so it exists only while runs are open.
import { IoError } from "../io-error.ts";
import type { KubernetesApi } from "./api.ts";
import type { JobWatch, WatchSeen } from "./ports.ts";
import { connectSource, onlyOnce, type Source, touched } from "./timer.ts";

export interface JobWatchOptions {
  readonly namespace: string;
  readonly name: string;
  /** Folder with the fields of its spec, one file each, as YAML: a mounted ConfigMap. */
  readonly specFolder: string;
  /** Called once if ApiServerSource is not installed, so that only the sweep continues runs. */
  readonly missing: (message: string) => void;
}

export const connectJobWatch = (api: KubernetesApi, options: JobWatchOptions): JobWatch => {
  const source = connectSource(api, "ApiServerSource", options);
  const tellMissing = onlyOnce(options.missing);
  const apply = async (now: Date, query = "") =>
    source.apply(now, { query: `fieldManager=start-job${query}`, spec: await readSpec(options.specFolder) });
  return {
    touch: async (now) => {
      const applied = await apply(now);
      if (!applied) tellMissing(`${source.notInstalled}: only the sweep notices when Jobs end.`);
      return applied && seenOf(applied);
    },
    rehearse: async (now) => {
      if (!(await apply(now, "&dryRun=All"))) throw new IoError(`${source.notInstalled}.`, { retryable: false });
    },
    read: async () => {
      const found = await source.read();
      return found && seenOf(found);
    },
    renew: source.renew,
    remove: source.remove,
  };
};

const seenOf = ({ metadata, status }: Source): WatchSeen => {
  const { resourceVersion, annotations, deletionTimestamp, generation } = metadata;
  const ready = status?.conditions?.some((condition) => condition.type === "Ready" && condition.status === "True");
  return {
    resourceVersion,
    touchedAt: new Date(annotations?.[touched] ?? 0), // one created by an earlier version's manifests is deleted too
    isReady: ready === true && status?.observedGeneration === generation && deletionTimestamp === undefined,
    isGoing: deletionTimestamp !== undefined,
  };
};

/** YAML is loaded late: start-job needs it only with a run, and has loaded it by then. @throws IoError if the spec cannot be read */
const readSpec = async (folder: string): Promise<object> => {
  const [{ readMountedMap }, { parseWatchSpec }] = await Promise.all([
    import("../disk/mounted-map.ts"),
    import("../core/run/watch-spec.ts"),
  ]);
  const parsed = parseWatchSpec(await readMountedMap(folder));
  if ("spec" in parsed) return parsed.spec;
  throw new IoError(`WATCH_SPEC_DIR=${folder}: ${parsed.wrong}`, { retryable: false });
};
