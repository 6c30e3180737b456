// Turns the pods in a case of test/golden/report into Kubernetes objects.
import type { Job, Pod } from "../../../functions/lib/core/kubernetes.ts";
import type { KubernetesWarning } from "../../../functions/lib/core/pod/kubernetes-warning.ts";
import { parseSettings, type Settings } from "../../../functions/lib/core/settings/settings.ts";
import { makeWarning } from "../../pods.ts";

export type Status = NonNullable<Pod["status"]>;
/** An entry in pods.json. */
export interface Entry {
  readonly status?: Status;
  /** For a task with retries: its pods, newest last. */
  readonly tries?: readonly Status[];
  readonly spec?: Pod["spec"];
  readonly job?: NonNullable<Job["status"]>;
}

export const settingsOf = (env: Readonly<Record<string, string>>): Settings => {
  const parsed = parseSettings({ KEPTN_API_ENDPOINT: "http://keptn/api", JOB_NAMESPACE: "jobs", ...env });
  if ("problems" in parsed) throw new Error(JSON.stringify(parsed.problems));
  return parsed.settings;
};

export const makePods = (job: Job, { status, spec, tries }: Entry, sinceMs: number): Pod[] =>
  (tries ?? (status ? [status] : [])).map((one, nth) => makePod(job, { status: one, spec, nth }, sinceMs));

interface Made {
  readonly status: Status;
  readonly spec: Pod["spec"];
  readonly nth: number;
}

const makePod = (job: Job, { status, spec, nth }: Made, sinceMs: number): Pod => {
  const { name = "", namespace = "", uid = "" } = job.metadata ?? {};
  const time = status.startTime ?? `${new Date(sinceMs).toISOString().slice(0, 19)}Z`;
  const suffix = nth === 0 ? "" : `-${nth + 1}`;
  const written = JSON.parse(JSON.stringify(status).replaceAll("$JOB", name)) as Status;
  const labels = { "batch.kubernetes.io/controller-uid": uid, "batch.kubernetes.io/job-name": name };
  return {
    metadata: { name: `${name}-x${suffix}`, namespace, uid: `${uid}-pod${suffix}`, creationTimestamp: time, labels },
    spec: { ...job.spec?.template.spec, ...spec } as NonNullable<Pod["spec"]>,
    // The kubelet writes both at once.
    status: { ...(written.containerStatuses ? { startTime: time } : {}), ...written },
  };
};

/** What the kubelet leaves of a pod at its deadline (pkg/kubelet/active_deadline.go). */
export const stopped = (pod: Pod, at: string): Pod => {
  const message = "Pod was active on the node longer than the specified deadline";
  const containerStatuses = (pod.status?.containerStatuses ?? []).map((one) => {
    const startedAt = one.state?.running?.startedAt ?? at;
    return one.state?.running
      ? { ...one, state: { terminated: { exitCode: 137, reason: "Error", startedAt, finishedAt: at } } }
      : one;
  });
  return { ...pod, status: { ...pod.status, phase: "Failed", reason: "DeadlineExceeded", message, containerStatuses } };
};

/** `Reason: message` for an ongoing warning, or with its first and last time: `2026-01-01T00:00:02Z 2026-01-01T00:00:03Z Reason: message` */
export const readWarning = (line: string, begin: Date, now: Date): KubernetesWarning => {
  const [, first, last, text = ""] = /^(?:(\S+Z) (\S+Z) )?(.*)$/.exec(line) ?? [];
  return makeWarning(text, first ?? begin.toISOString(), last ?? now.toISOString());
};

export const timesIn = (json: string): string[] => json.match(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/g) ?? [];

export const refOf = ({ metadata }: Job) => ({
  namespace: metadata?.namespace ?? "",
  name: metadata?.name ?? "",
  uid: metadata?.uid ?? "",
});
