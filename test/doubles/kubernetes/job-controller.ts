// What becomes of released Jobs: a pod each, or several with retries, which run as their fates say, and a status in the steps that Kubernetes takes.
import {
  activeStatus,
  endedStatuses,
  type JobStatus,
  suspendedStatus,
} from "../../../functions/cli/local/job-status.ts";
import type { Job, Pod } from "../../../functions/lib/core/kubernetes.ts";
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
  /** As an eviction does: the pod ends, and is gone. */
  evict(namespace: string, pod: string): void;
  logOf(namespace: string, pod: string): Buffer | undefined;
  stop(): void;
}

/**
 * The real one waits 1 s after a pod that it could not create, 10 s after one that failed, and then longer and longer
 * (pkg/controller/job/job_controller.go, DefaultJobApiBackOff, DefaultJobPodFailureBackOff).
 */
const retryMs = 100;

/** @param fateOf of the Job's pod after so many others */
export const runJobs = (store: ObjectStore, fateOf: (job: Job, nth: number) => Fate): JobController => {
  const evictions = new Map<string, () => void>();
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
  const begin = (collection: string, job: KubernetesObject, { nth, failed }: Tries = { nth: 0, failed: 0 }): void => {
    const fate = fateOf(job as unknown as Job, nth);
    const core = collection.replace("/apis/batch/v1", "/api/v1").replace(/jobs$/, "");
    const pods = `${core}pods`;
    const refusal = refusePod(store, core, job);
    if (refusal) {
      setStatus(collection, job, { startTime: timeOf(new Date()) });
      noteRefusal(store, core, { job, refusal });
      later(retryMs, () => (isThere(collection, job) ? begin(collection, job, { nth, failed }) : undefined));
      return;
    }
    const pod = store.create(pods, makePod(job, fate, nth));
    const status = { ...activeStatus(new Date()), ...(failed > 0 ? { failed } : {}) };
    // Ready pods are counted a moment later, and as long as all of their containers run (pkg/controller/job/job_controller.go).
    const isReady = pod && !fate.stuck;
    setStatus(collection, job, isReady ? { ...status, ready: 1 } : status);
    if (!isReady) return;
    const key = `${pod.metadata.namespace}/${pod.metadata.name}`;
    logs.set(key, Buffer.from(fate.log ?? ""));
    const isLeft = (): boolean => store.get(pods, pod.metadata.name)?.metadata.uid === pod.metadata.uid;
    const fail = (of: Failure): void => {
      const { reason, isCounted } = judge(job as unknown as Job, { ...of, failed });
      const failures = failed + (isCounted ? 1 : 0);
      if (reason) {
        const [decided, over] = endedStatuses(status, "failed", new Date());
        for (const next of [decided, over && { ...over, failed: failures }])
          if (next) setStatus(collection, job, withReason(next, reason));
        return;
      }
      setStatus(collection, job, { ...status, active: 0, ready: 0, ...(failures > 0 ? { failed: failures } : {}) });
      later(retryMs, () =>
        isThere(collection, job) ? begin(collection, job, { nth: nth + 1, failed: failures }) : undefined,
      );
    };
    evictions.set(key, () => {
      if (!isLeft()) return;
      store.delete(pods, pod.metadata.name);
      fail({ disrupted: true, exitCode: 143 });
    });
    later(fate.afterMs ?? 0, () => {
      if (!isLeft()) return; // it was deleted meanwhile
      const passed = (fate.exitCode ?? 0) === 0 && (fate.sidecar?.exitCode ?? 0) === 0;
      store.write(pods, { ...pod, status: endOf(pod as unknown as Pod, fate) });
      if (fate.sidecar && fate.sidecar.exitCode === undefined) {
        setStatus(collection, job, status);
        return;
      }
      if (!passed) fail({ disrupted: false, exitCode: fate.exitCode ?? 0 });
      else for (const next of endedStatuses(status, "succeeded", new Date())) setStatus(collection, job, next);
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
    evict: (namespace, pod) => evictions.get(`${namespace}/${pod}`)?.(),
    logOf: (namespace, pod) => logs.get(`${namespace}/${pod}`),
    stop: () => {
      unsubscribe();
      for (const timer of timers) clearTimeout(timer);
    },
  };
};

interface Tries {
  /** Pods before this one, and how many of them count as failures. */
  readonly nth: number;
  readonly failed: number;
}

interface Failure {
  readonly disrupted: boolean;
  readonly exitCode: number;
}

/** batch/v1 PodFailurePolicy: the first rule that fits, else backoffLimit. @returns `reason` when the Job has failed */
const judge = (
  { spec }: Job,
  { disrupted, exitCode, failed }: Failure & Pick<Tries, "failed">,
): { readonly reason?: string; readonly isCounted: boolean } => {
  const rule = spec?.podFailurePolicy?.rules.find(({ onPodConditions, onExitCodes }) => {
    if (onPodConditions) return disrupted;
    const isIn = onExitCodes?.values.includes(exitCode) ?? false;
    return exitCode !== 0 && (onExitCodes?.operator === "In" ? isIn : !isIn);
  });
  if (rule?.action === "FailJob") return { reason: "PodFailurePolicy", isCounted: true };
  if (rule?.action === "Ignore") return { isCounted: false };
  return failed + 1 > (spec?.backoffLimit ?? 6)
    ? { reason: "BackoffLimitExceeded", isCounted: true }
    : { isCounted: true };
};

const withReason = (status: JobStatus, reason: string): JobStatus => ({
  ...status,
  conditions: (status.conditions ?? []).map((one) =>
    one.type === "FailureTarget" || one.type === "Failed" ? { ...one, reason } : one,
  ),
});

const makePod = (job: KubernetesObject, { stuck, sidecar }: Fate, nth: number) => {
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
    metadata: { name: `${name}-${nth}`, namespace, labels, ownerReferences: [{ kind: "Job", name, uid }] },
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
