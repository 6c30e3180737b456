// The sweep's timer: a Knative PingSource that exists while runs do.
import { noteOfScope, type RunScope, readScopes } from "../../core/run-scope.ts";
import { IoError } from "../io-error.ts";
import type { KubernetesApi } from "./api.ts";
import type { Timer } from "./ports.ts";

export interface TimerOptions {
  readonly namespace: string;
  readonly name: string;
  /** Cron, as PingSource's spec.schedule. */
  readonly schedule: string;
  /** Where the sweep's event goes: the Knative Service of finish-task. */
  readonly sink: string;
  /** Noted with each touch: runs are found there also when the settings have changed. */
  readonly scope: RunScope;
  /** Told once when this cluster has no PingSource: runs then go on by Job events alone. */
  readonly missing: (message: string) => void;
}

/** Annotation by which a PingSource is known to be the sweep's. */
export const touched = "keptn.sh/jes-touched";
const group = "/apis/sources.knative.dev/v1";

interface PingSource {
  readonly metadata: {
    readonly resourceVersion: string;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly deletionTimestamp?: string;
  };
}

export const connectTimer = (api: KubernetesApi, options: TimerOptions): Timer => {
  const path = `${group}/namespaces/${encodeURIComponent(options.namespace)}/pingsources/${encodeURIComponent(options.name)}`;
  let told = false;
  const tellMissing = () => {
    if (!told)
      options.missing("PingSource (sources.knative.dev/v1) is not installed: no sweep looks after lost Job events.");
    told = true;
  };
  return {
    /**
     * Server-side apply: creates or updates in one request, whoever else does the same. It also "updates" one that was deleted and
     * waits for Knative's own finalizer; that one will be gone in a moment, and not fire again. A field manager for each scope: what a
     * manager applied before and does not apply again is removed (Kubernetes, server-side apply).
     */
    touch: async (now) => {
      const query = `fieldManager=start-job-${noteOfScope(options.scope).id}&force=true`;
      const contentType = "application/apply-patch+yaml"; // JSON is YAML
      const call = { method: "PATCH", path: `${path}?${query}`, contentType, body: makeTimer(options, now) } as const;
      const { status, body } = await api.call<PingSource>({ ...call, expected: [404] });
      if (status === 404) tellMissing();
      else if (body.metadata.deletionTimestamp) throw stillGoing(options);
      return now;
    },
    read: async () => {
      const { status, body } = await api.call<PingSource>({ method: "GET", path, expected: [404] });
      if (status === 404) return undefined;
      const { resourceVersion, annotations } = body.metadata;
      const touchedAt = new Date(annotations?.[touched] ?? 0); // one that somebody else made is ours to end as well
      return { touchedAt, resourceVersion, scopes: readScopes(annotations) };
    },
    remove: async (resourceVersion) => {
      const body = { preconditions: { resourceVersion } };
      await api.call({ method: "DELETE", path, body, expected: [404, 409] }); // 409: touched meanwhile, it stays
    },
  };
};

const stillGoing = ({ namespace, name }: TimerOptions): IoError =>
  new IoError(
    `PingSource ${namespace}/${name} is still being deleted; if it stays so, look whether Knative's pingsource-mt-adapter runs.`,
    { retryable: true },
  );

const makeTimer = ({ namespace, name, schedule, sink, scope }: TimerOptions, now: Date) => ({
  apiVersion: "sources.knative.dev/v1",
  kind: "PingSource",
  metadata: {
    namespace,
    name,
    labels: { "app.kubernetes.io/managed-by": "job-executor-service" },
    annotations: { [touched]: now.toISOString(), ...noteOfScope(scope).annotations },
  },
  spec: {
    schedule,
    contentType: "application/json",
    data: JSON.stringify({ action: "sweep" }),
    sink: { ref: { apiVersion: "serving.knative.dev/v1", kind: "Service", namespace, name: sink } },
  },
});
