// The sweep's timer: a Knative PingSource that exists while runs are open.
import { noteOfScope, type RunScope, readScopes } from "../core/run/run-scope.ts";
import { IoError } from "../io-error.ts";
import type { KubernetesApi } from "./api.ts";
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
      options.missing("PingSource (sources.knative.dev/v1) is not installed: no sweep recovers lost Job events.");
    told = true;
  };
  return {
    /**
     * Server-side apply: creates or updates in one request, even concurrently. It also "updates" a PingSource that is being deleted and
     * waits for Knative's finalizer; that one will not fire again. Each scope has its own field manager, because fields that a manager no
     * longer applies are removed (Kubernetes, server-side apply).
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
      const touchedAt = new Date(annotations?.[touched] ?? 0); // one created by somebody else is deleted too
      return { touchedAt, resourceVersion, scopes: readScopes(annotations) };
    },
    remove: async (resourceVersion) => {
      const body = { preconditions: { resourceVersion } };
      await api.call({ method: "DELETE", path, body, expected: [404, 409] }); // 409: touched meanwhile, so it stays
    },
  };
};

const stillGoing = ({ namespace, name }: TimerOptions): IoError =>
  new IoError(
    `PingSource ${namespace}/${name} is still being deleted. If this persists, check that Knative's pingsource-mt-adapter runs.`,
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
