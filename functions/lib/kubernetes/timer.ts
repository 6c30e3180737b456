// The sweep's timer: a Knative PingSource that exists while runs are open; and the requests for such sources.
import { noteOfScope, type RunScope, readScopes } from "../core/run/run-scope.ts";
import { IoError } from "../io-error.ts";
import type { Call, KubernetesApi } from "./api.ts";
import type { Timer } from "./ports.ts";

export interface TimerOptions {
  readonly namespace: string;
  readonly name: string;
  /** Cron, for PingSource's spec.schedule. */
  readonly schedule: string;
  /** The Knative Service that receives the sweep's event: finish-task. */
  readonly sink: string;
  /** Recorded with each touch, so that runs there are found even after the settings change. */
  readonly scope: RunScope;
  /** Called once if PingSource is not installed, so that only Job events continue runs. */
  readonly missing: (message: string) => void;
}

/** Annotation that marks a PingSource as the sweep's. */
export const touched = "keptn.sh/jes-touched";

export const connectTimer = (api: KubernetesApi, options: TimerOptions): Timer => {
  const source = connectSource(api, "PingSource", options);
  const tellMissing = onlyOnce(options.missing);
  return {
    touch: async (now) => {
      const { id, annotations } = noteOfScope(options.scope);
      // Each scope has its own field manager, because fields that a manager no longer applies are removed (Kubernetes, server-side apply).
      const query = `fieldManager=start-job-${id}`;
      const applied = await source.apply(now, { query, annotations, spec: sweepSpecOf(options) });
      if (!applied) tellMissing(`${source.notInstalled}: no sweep recovers lost Job events.`);
      else if (applied.metadata.deletionTimestamp) throw stillGoing(options);
      return now;
    },
    read: async () => {
      const found = await source.read();
      if (!found) return undefined;
      const { resourceVersion, annotations } = found.metadata;
      const touchedAt = new Date(annotations?.[touched] ?? 0); // one created by somebody else is deleted too
      return { touchedAt, resourceVersion, scopes: readScopes(annotations) };
    },
    remove: async (resourceVersion) => {
      await source.remove(resourceVersion);
    },
  };
};

/** A PingSource that is being deleted will not fire again. */
const stillGoing = ({ namespace, name }: TimerOptions): IoError =>
  new IoError(
    `PingSource ${namespace}/${name} is still being deleted. If this persists, check that Knative's pingsource-mt-adapter runs.`,
    { retryable: true },
  );

/** The spec of a PingSource that triggers a sweep. @param sink a Knative Service */
export const sweepSpecOf = ({ namespace, schedule, sink }: Pick<TimerOptions, "namespace" | "schedule" | "sink">) => ({
  schedule,
  contentType: "application/json",
  data: JSON.stringify({ action: "sweep" }),
  sink: { ref: { apiVersion: "serving.knative.dev/v1", kind: "Service", namespace, name: sink } },
});

/** sources.knative.dev/v1, PingSource and ApiServerSource: the fields that are read. */
export interface Source {
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

const apiVersion = "sources.knative.dev/v1";
const labels = { "app.kubernetes.io/managed-by": "job-executor-service" };

interface Applied {
  readonly query: string;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly spec: object;
}

/** Requests for a Knative source that exists only while runs are open. */
export const connectSource = (
  api: KubernetesApi,
  kind: "PingSource" | "ApiServerSource",
  { namespace, name }: { readonly namespace: string; readonly name: string },
) => {
  const collection = `/apis/${apiVersion}/namespaces/${encodeURIComponent(namespace)}/${kind.toLowerCase()}s`;
  const path = `${collection}/${encodeURIComponent(name)}`;
  const send = async (call: Omit<Call, "path">, query = ""): Promise<Source | undefined> => {
    const { status, body } = await api.call<Source>({ ...call, path: path + query, expected: [404] });
    return status === 404 ? undefined : body;
  };
  return {
    notInstalled: `${kind} (${apiVersion}) is not installed`,
    read: () => send({ method: "GET" }),
    /**
     * Server-side apply: creates or updates in one request, even concurrently. It also "updates" a source that is being deleted and
     * waits for Knative's finalizer; the response shows that.
     * @returns undefined if the kind is not installed
     */
    apply: (now: Date, { query, annotations, spec }: Applied) => {
      const metadata = { namespace, name, labels, annotations: { [touched]: now.toISOString(), ...annotations } };
      const body = { apiVersion, kind, metadata, spec };
      const contentType = "application/apply-patch+yaml"; // JSON is YAML
      return send({ method: "PATCH", contentType, body }, `?${query}&force=true`);
    },
    /** Updates its touch time, unless it was touched after this resourceVersion. */
    renew: async (now: Date, resourceVersion: string): Promise<void> => {
      const body = { metadata: { resourceVersion, annotations: { [touched]: now.toISOString() } } };
      const contentType = "application/merge-patch+json";
      await api.call({ method: "PATCH", path, contentType, body, expected: [404, 409], unread: true });
    },
    remove: async (resourceVersion: string): Promise<"done" | "stale"> => {
      const body = { preconditions: { resourceVersion } };
      const { status } = await api.call({ method: "DELETE", path, body, expected: [404, 409], unread: true });
      return status === 409 ? "stale" : "done"; // 409: touched meanwhile, so it stays
    },
  };
};

/** @returns a function that passes on only its first message */
export const onlyOnce = (tell: (message: string) => void): ((message: string) => void) => {
  let told = false;
  return (message) => {
    if (!told) tell(message);
    told = true;
  };
};
