// The ApiServerSource that notifies finish-task of Job changes. Knative runs a pod for it, so it exists only while runs are open.
import { IoError } from "../io-error.ts";
import type { Call, KubernetesApi } from "./api.ts";
import type { JobWatch, WatchSeen } from "./ports.ts";
import { touched } from "./timer.ts";

export interface JobWatchOptions {
  readonly namespace: string;
  readonly name: string;
  /** Folder with the fields of its spec, one file each, as YAML: a mounted ConfigMap. */
  readonly specFolder: string;
  /** Called once if ApiServerSource is not installed, so that only the sweep continues runs. */
  readonly missing: (message: string) => void;
}

const group = "/apis/sources.knative.dev/v1";

/** sources.knative.dev/v1, ApiServerSource: the fields that are read. */
interface ApiServerSource {
  readonly metadata: {
    readonly resourceVersion: string;
    readonly generation?: number;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly deletionTimestamp?: string;
  };
  readonly status?: {
    readonly observedGeneration?: number;
    readonly conditions?: readonly { readonly type: string; readonly status: string }[];
  };
}

export const connectJobWatch = (api: KubernetesApi, options: JobWatchOptions): JobWatch => {
  const { namespace, name } = options;
  const path = `${group}/namespaces/${encodeURIComponent(namespace)}/apiserversources/${encodeURIComponent(name)}`;
  const request = (call: Omit<Call, "path">, query = "") =>
    api.call<ApiServerSource>({ path: path + query, expected: [404, 409], ...call });
  let told = false;
  const tellMissing = () => {
    if (!told)
      options.missing(
        "ApiServerSource (sources.knative.dev/v1) is not installed: only the sweep notices when Jobs end.",
      );
    told = true;
  };
  /** Server-side apply: creates or updates in one request. It also "updates" one that is being deleted; the response shows that. */
  const apply = async (now: Date, query = "") => {
    const contentType = "application/apply-patch+yaml"; // JSON is YAML
    const body = makeJobWatch(options, await readSpec(options.specFolder), now);
    const call = { method: "PATCH", contentType, body, expected: [404] } as const;
    return request(call, `?fieldManager=start-job&force=true${query}`);
  };
  return {
    touch: async (now) => {
      const response = await apply(now);
      if (response.status !== 404) return seenOf(response.body);
      tellMissing();
      return undefined;
    },
    rehearse: async (now) => {
      const { status } = await apply(now, "&dryRun=All");
      if (status === 404)
        throw new IoError("ApiServerSource (sources.knative.dev/v1) is not installed.", { retryable: false });
    },
    read: async () => {
      const { status, body } = await request({ method: "GET", expected: [404] });
      return status === 404 ? undefined : seenOf(body);
    },
    renew: async (now, resourceVersion) => {
      const body = { metadata: { resourceVersion, annotations: { [touched]: now.toISOString() } } };
      await request({ method: "PATCH", contentType: "application/merge-patch+json", body, unread: true });
    },
    remove: async (resourceVersion) => {
      const { status } = await request({
        method: "DELETE",
        body: { preconditions: { resourceVersion } },
        unread: true,
      });
      return status === 409 ? "stale" : "done"; // 409: touched meanwhile, so it stays
    },
  };
};

const seenOf = ({ metadata, status }: ApiServerSource): WatchSeen => {
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

const makeJobWatch = ({ namespace, name }: JobWatchOptions, spec: object, now: Date) => ({
  apiVersion: "sources.knative.dev/v1",
  kind: "ApiServerSource",
  metadata: {
    namespace,
    name,
    labels: { "app.kubernetes.io/managed-by": "job-executor-service" },
    annotations: { [touched]: now.toISOString() },
  },
  spec,
});
