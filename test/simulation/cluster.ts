// Kubernetes around the Jobs: Job controller, kubelet and TTL controller, in virtual time.
import { label } from "../../functions/lib/core/annotations/annotations.ts";
import type { Job, Pod } from "../../functions/lib/core/kubernetes.ts";
import type { KubernetesWarning } from "../../functions/lib/core/pod/kubernetes-warning.ts";
import type { JobRef } from "../../functions/lib/kubernetes/ports.ts";
import { type Chance, skewed } from "./chance.ts";
import { type Checks, describe } from "./checks.ts";
import type { ConfigMaps } from "./config-maps.ts";
import { conditionOf, type JobStore, refOf, timeOf } from "./job-store.ts";
import { type ContainerState, type PodFacts, podUidOf, renderPod } from "./pod.ts";
import { makePodLife } from "./pod-life.ts";
import { makePodStore } from "./pod-store.ts";
import type { Scheduler } from "./scheduler.ts";
import { makeWarnings } from "./warnings.ts";

export interface ClusterPorts {
  readonly chance: Chance;
  readonly scheduler: Scheduler;
  readonly checks: Checks;
  readonly store: () => JobStore;
  readonly configMaps: ConfigMaps;
  readonly tell: (text: () => string) => void;
}

export interface Cluster {
  /** Reconciles a Job that changed. */
  see(job: Job): void;
  /** Its Job was deleted in the foreground: the pod goes, and the Job controller does not mark the Job as failed. */
  stop(ref: JobRef): void;
  /** Whether a pod of the Job exists that has not ended. */
  isBusy(ref: JobRef): boolean;
  podsOf(ref: JobRef): Pod[];
  warningsOf(ref: { readonly uid: string }): KubernetesWarning[];
}

export const makeCluster = ({ chance, scheduler, checks, store, configMaps, tell }: ClusterPorts): Cluster => {
  const pods = makePodStore();
  const begun = new Set<string>();
  const ends = new Map<string, number>();
  const stopped = new Set<string>();
  const { warn: warnOf, warningsOf } = makeWarnings(scheduler);
  const warn = ({ uid }: JobRef, reason: string): void => warnOf(podUidOf(uid, pods.nth(uid)), reason);
  const now = (): string => timeOf(new Date(scheduler.now()));

  const setPod = (ref: JobRef, change: Partial<PodFacts>): void => {
    const { uid } = ref;
    if (stopped.has(uid)) return;
    const before = pods.get(uid) ?? { sinceMs: scheduler.now(), own: "creating" };
    pods.set(uid, { ...before, ...change });
    countReady(ref);
  };
  /** The Job controller counts Ready pods a moment later, if none of their containers has ended by then. */
  const countReady = (ref: JobRef): void => {
    const isReady = (): boolean => {
      const facts = pods.get(ref.uid);
      const all = [facts?.own, ...(facts?.sidecar ? [facts.sidecar] : [])];
      return facts?.takenMs === undefined && all.every((one) => one === "running");
    };
    const isCounted = (): boolean => store().find(ref)?.status?.ready === 1;
    if (isReady() === isCounted()) return;
    scheduler.after(skewed(chance.at(ref.uid).roll("ready"), 5, 1000), () => {
      const job = find(ref);
      if (job && isReady() !== isCounted()) store().setStatus(ref, { ...job.status, ready: isReady() ? 1 : 0 });
    });
  };
  /** @returns the Job, while its pod can still change it */
  const find = (ref: JobRef): Job | undefined =>
    ends.has(ref.uid) || stopped.has(ref.uid) ? undefined : store().find(ref);
  /** The Job controller: the pod's result, or the Job's deadline. */
  const end = (ref: JobRef, passed: boolean, reason: string): void => {
    const job = find(ref);
    if (!job) return;
    ends.set(ref.uid, scheduler.now());
    checks.jobEnded(job);
    tell(() => `${describe(job)} ${passed ? "succeeds" : `fails (${reason})`}`);
    // A Job's pods are deleted at its deadline.
    if (reason === "DeadlineExceeded") pods.delete(ref.uid);
    const decided = [conditionOf(passed ? "SuccessCriteriaMet" : "FailureTarget", reason, now())];
    store().setStatus(ref, { ...job.status, conditions: decided });
    scheduler.after(skewed(chance.at(ref.uid).roll("decided"), 1, 1000), () => {
      ends.set(ref.uid, scheduler.now());
      const conditions = [...decided, conditionOf(passed ? "Complete" : "Failed", reason, now())];
      const completed = passed ? { completionTime: now() } : {};
      store().setStatus(ref, { ...store().find(ref)?.status, ...completed, conditions });
    });
  };
  const begin = (ref: JobRef): void => {
    const job = store().find(ref);
    if (!job || job.metadata?.deletionTimestamp || job.spec?.suspend || begun.has(ref.uid)) return;
    begun.add(ref.uid);
    store().setStatus(ref, { startTime: now() });
    watchDeadline(store().find(ref) ?? job);
    createPod(ref, scheduler.now() + quotaMsOf(job));
  };
  /** The Job controller keeps retrying. @param freeMs when the quota of its namespace has room for the pod */
  const createPod = (ref: JobRef, freeMs: number): void => {
    const job = find(ref);
    if (!job || job.metadata?.deletionTimestamp) return;
    if (scheduler.now() < freeMs) {
      warnOf(ref.uid, "FailedCreate", 'Error creating: pods "x" is forbidden: exceeded quota: pods, requested: pods=1');
      scheduler.after(Math.min(15_000, freeMs - scheduler.now()), () => createPod(ref, freeMs));
      return;
    }
    store().setStatus(ref, { ...job.status, active: 1, ready: 0 });
    checks.podStarted(job, configMaps.serves(job), configMaps.valuesOf(job));
    setPod(ref, {});
    mount(ref, 0);
    const nth = pods.nth(ref.uid);
    scheduler.after((job.spec?.template.spec?.activeDeadlineSeconds ?? 0) * 1000, () => endLate(ref, nth));
  };
  /** The kubelet stops a pod at its own deadline; the pod's status stays. */
  const endLate = (ref: JobRef, nth: number): void => {
    const facts = pods.get(ref.uid);
    if (!find(ref) || !facts || pods.nth(ref.uid) !== nth) return;
    const killed = { exitCode: 137, atMs: scheduler.now() };
    const stop = (state: ContainerState): ContainerState => (state === "running" ? killed : state);
    setPod(ref, { late: true, own: stop(facts.own), ...(facts.sidecar ? { sidecar: stop(facts.sidecar) } : {}) });
    fail(ref);
  };
  /** Whatever its state: it may have been changed so that the Job ends. */
  const watchDeadline = (job: Job): void => {
    const [startMs, seconds = 0] = [Date.parse(job.status?.startTime ?? ""), job.spec?.activeDeadlineSeconds];
    if (Number.isNaN(startMs) || ends.has(refOf(job).uid)) return;
    scheduler.after(Math.max(10, startMs + seconds * 1000 - scheduler.now()), () => {
      const is = store().find(refOf(job));
      if (is && is.spec?.activeDeadlineSeconds === seconds) end(refOf(job), false, "DeadlineExceeded");
    });
  };
  /** The kubelet keeps retrying. */
  const mount = (ref: JobRef, tries: number, nth = pods.nth(ref.uid)): void => {
    const job = find(ref);
    if (!job || !pods.get(ref.uid) || pods.nth(ref.uid) !== nth) return;
    if (configMaps.serves(job) && ![...configMaps.valuesOf(job).values()].includes(undefined)) {
      prepare(job, ref);
      return;
    }
    if (tries === 0) tell(() => `a pod of ${describe(job)} waits for its files`);
    if (tries === 0) chance.note("a pod that waits for its files");
    warn(ref, "FailedMount");
    scheduler.after(Math.min(120_000, 500 * 2 ** tries), () => mount(ref, tries + 1, nth));
  };
  /** A pod failed. The Job controller creates another one after a pause (DefaultJobPodFailureBackOff), within the Job's limit. */
  const fail = (ref: JobRef): void => {
    const failures = pods.noteFailure(ref.uid);
    if (failures > (find(ref)?.spec?.backoffLimit ?? 0)) end(ref, false, "BackoffLimitExceeded");
    else replace(ref, { pauseMs: 10_000 * 2 ** (failures - 1), isCounted: true });
  };
  const replace = (
    ref: JobRef,
    { pauseMs, isCounted }: { readonly pauseMs: number; readonly isCounted: boolean },
  ): void => {
    const job = find(ref);
    if (!job) return;
    tell(() => `Kubernetes tries ${describe(job)} again`);
    chance.note("a pod that is replaced");
    checks.retried(job);
    const failed = (job.status?.failed ?? 0) + (isCounted ? 1 : 0);
    store().setStatus(ref, { ...job.status, active: 0, ready: 0, failed });
    scheduler.after(pauseMs, () => {
      pods.next(ref.uid);
      createPod(ref, 0);
    });
  };
  const { prepare, quotaMsOf } = makePodLife({
    ...{ scheduler, checks, tell, find, setPod, warn, end, fail },
    nthOf: ({ uid }) => pods.nth(uid),
    replace: (ref) => replace(ref, { pauseMs: 1000, isCounted: false }),
    forget: (uid) => pods.drop(uid),
  });
  /** The TTL controller deletes in the foreground: first the pods, with their output. */
  const expire = (ref: JobRef): void => {
    const job = store().find(ref);
    if (!job || job.metadata?.deletionTimestamp) return;
    tell(() => `the TTL controller deletes ${describe(job)}`);
    chance.note("the TTL controller deletes a Job");
    checks.expires(job);
    pods.delete(ref.uid);
    const alone = store().listRun(job.metadata?.labels?.[label.run] ?? "").length === 1;
    checks.gone(job, { alone, by: "ttl" });
    store().delete(ref);
  };

  return {
    stop: ({ uid }) => {
      if (!begun.has(uid) || ends.has(uid)) return;
      stopped.add(uid);
      pods.delete(uid);
    },
    isBusy: ({ uid }) => pods.get(uid) !== undefined && !ends.has(uid),
    podsOf: (ref) => {
      const job = store().find(ref);
      return job ? pods.all(ref.uid).map(({ facts, nth }) => renderPod(job, facts, nth)) : [];
    },
    warningsOf,
    see: (job) => {
      const ref = refOf(job);
      if (job.spec?.activeDeadlineSeconds === 1 && begun.has(ref.uid)) watchDeadline(job);
      if (!job.spec?.suspend && !begun.has(ref.uid) && !job.metadata?.deletionTimestamp)
        scheduler.after(skewed(chance.at(ref.uid).roll("scheduled"), 5, 2000), () => begin(ref));
      const ttlSeconds = job.spec?.ttlSecondsAfterFinished;
      const over = job.status?.conditions?.some(({ type }) => type === "Complete" || type === "Failed");
      if (ttlSeconds === undefined || !over || job.metadata?.deletionTimestamp) return;
      scheduler.after(ends.get(ref.uid)! + ttlSeconds * 1000 - scheduler.now() + 10, () => expire(ref));
    },
  };
};
