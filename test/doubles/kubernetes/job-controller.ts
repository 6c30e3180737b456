// What becomes of released Jobs: one pod each, which runs as its fate says, and a status in the steps that Kubernetes takes.
import type { Job, Pod } from "../../../functions/core/kubernetes.ts";
import { activeStatus, endedStatuses, suspendedStatus } from "../../../functions/io/local/job-status.ts";
import type { JobStatus } from "../../../functions/io/local/jobs.ts";
import { type KubernetesObject, type ObjectStore, timeOf } from "./object-store.ts";
import { noteRefusal, refusePod } from "./pod-quota.ts";

/** How the pod of a Job goes; `stuck`: it waits for ever with this reason. */
export interface Fate {
  readonly afterMs?: number;
  readonly exitCode?: number;
  readonly log?: string | Buffer;
  /** Its termination message (KEPTN_RESULT). */
  readonly message?: string;
  readonly stuck?: { readonly reason: string; readonly message: string };
  /** An injected container; without an exit code it does not end, and the pod with it. */
  readonly sidecar?: { readonly name: string; readonly exitCode?: number };
}

export interface JobController {
  logOf(namespace: string, pod: string): Buffer | undefined;
  stop(): void;
}

/** The real one waits 1 s, and then longer and longer (pkg/controller/job/job_controller.go, DefaultJobApiBackOff). */
const retryMs = 100;

export const runJobs = (store: ObjectStore, fateOf: (job: Job) => Fate): JobController => {
  const begun = new Set<string>();
  const logs = new Map<string, Buffer>();
  const timers = new Set<NodeJS.Timeout>();
  const later = (afterMs: number, act: () => void): void => {
    const timer = setTimeout(() => {
      timers.delete(timer);
      act();
    }, afterMs);
    timers.add(timer);
  };
  const isThere = (collection: string, { metadata }: KubernetesObject): boolean => {
    const now = store.get(collection, metadata.name);
    return now?.metadata.uid === metadata.uid && now.metadata.deletionTimestamp === undefined;
  };
  const setStatus = (collection: string, job: KubernetesObject, status: JobStatus): void => {
    const now = store.get(collection, job.metadata.name);
    if (now?.metadata.uid === job.metadata.uid) store.write(collection, { ...now, status });
  };
  const begin = (collection: string, job: KubernetesObject): void => {
    const fate = fateOf(job as unknown as Job);
    const core = collection.replace("/apis/batch/v1", "/api/v1").replace(/jobs$/, "");
    const pods = `${core}pods`;
    const refusal = refusePod(store, core, job);
    if (refusal) {
      setStatus(collection, job, { startTime: timeOf(new Date()) });
      noteRefusal(store, core, { job, refusal });
      later(retryMs, () => (isThere(collection, job) ? begin(collection, job) : undefined));
      return;
    }
    const pod = store.create(pods, makePod(job, fate));
    const status = activeStatus(new Date());
    // Ready pods are counted a moment later, and as long as all of their containers run (pkg/controller/job/job_controller.go).
    const isReady = pod && !fate.stuck;
    setStatus(collection, job, isReady ? { ...status, ready: 1 } : status);
    if (!isReady) return;
    logs.set(`${pod.metadata.namespace}/${pod.metadata.name}`, Buffer.from(fate.log ?? ""));
    later(fate.afterMs ?? 0, () => {
      if (store.get(pods, pod.metadata.name)?.metadata.uid !== pod.metadata.uid) return; // it was deleted meanwhile
      const passed = (fate.exitCode ?? 0) === 0 && (fate.sidecar?.exitCode ?? 0) === 0;
      store.write(pods, { ...pod, status: endOf(pod as unknown as Pod, fate) });
      if (fate.sidecar && fate.sidecar.exitCode === undefined) {
        setStatus(collection, job, status);
        return;
      }
      for (const next of endedStatuses(status, passed ? "succeeded" : "failed", new Date()))
        setStatus(collection, job, next);
    });
  };
  const unsubscribe = store.subscribe(({ type, collection, object }) => {
    if (!collection.endsWith("/jobs") || object.metadata.deletionTimestamp) return;
    const { suspend } = (object["spec"] ?? {}) as { suspend?: boolean };
    const { uid } = object.metadata;
    // The real controller looks a moment later as well, and never inside of the request that made the change.
    if (suspend && type === "add") later(0, () => setStatus(collection, object, suspendedStatus(new Date())));
    if (suspend || begun.has(uid) || type === "delete") return;
    begun.add(uid);
    later(0, () => begin(collection, object));
  });
  return {
    logOf: (namespace, pod) => logs.get(`${namespace}/${pod}`),
    stop: () => {
      unsubscribe();
      for (const timer of timers) clearTimeout(timer);
    },
  };
};

const makePod = (job: KubernetesObject, { stuck, sidecar }: Fate) => {
  const { name, namespace = "", uid } = job.metadata;
  const { template } = (job as unknown as Job).spec ?? {};
  const container = template?.spec?.containers[0];
  const state = stuck ? { waiting: stuck } : { running: { startedAt: timeOf(new Date()) } };
  const status = {
    name: container?.name ?? "",
    image: container?.image ?? "",
    imageID: "",
    ready: false,
    restartCount: 0,
    state,
  };
  const beside = sidecar
    ? [{ ...status, name: sidecar.name, state: { running: { startedAt: timeOf(new Date()) } } }]
    : [];
  // The kubelet sorts them (pkg/kubelet/types/types.go, SortedContainerStatuses).
  const containerStatuses = [status, ...beside].sort((a, b) => (a.name < b.name ? -1 : 1));
  const labels = {
    ...template?.metadata?.labels,
    "batch.kubernetes.io/controller-uid": uid,
    "batch.kubernetes.io/job-name": name,
  };
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: `${name}-x`, namespace, labels, ownerReferences: [{ kind: "Job", name, uid }] },
    spec: template?.spec,
    status: { phase: stuck ? "Pending" : "Running", startTime: timeOf(new Date()), containerStatuses },
  };
};

const endOf = (pod: Pod, { exitCode = 0, message, sidecar }: Fate): Pod["status"] => {
  const at = timeOf(new Date());
  const stateOf = (code: number, said?: string) => ({
    terminated: {
      ...{ exitCode: code, reason: code === 0 ? "Completed" : "Error", startedAt: at, finishedAt: at },
      ...(said ? { message: said } : {}),
    },
  });
  const containerStatuses = pod.status?.containerStatuses?.map((status) => {
    if (status.name !== sidecar?.name) return { ...status, state: stateOf(exitCode, message) };
    return sidecar.exitCode === undefined ? status : { ...status, state: stateOf(sidecar.exitCode) };
  });
  const lasts = sidecar !== undefined && sidecar.exitCode === undefined;
  const phase = lasts ? "Running" : exitCode === 0 && !sidecar?.exitCode ? "Succeeded" : "Failed";
  return { ...pod.status, phase, containerStatuses: containerStatuses ?? [] };
};
