// Kubernetes around the Jobs: Job controller, kubelet and TTL controller, in virtual time.
import type { Job, Pod } from "../../functions/core/kubernetes.ts";
import type { KubernetesWarning } from "../../functions/core/kubernetes-warning.ts";
import { label } from "../../functions/core/marks.ts";
import type { JobRef } from "../../functions/io/kubernetes/ports.ts";
import { type Chance, skewed } from "./chance.ts";
import { type Checks, describe } from "./checks.ts";
import type { ConfigMaps } from "./config-maps.ts";
import { type JobStore, timeOf } from "./job-store.ts";
import type { Fate } from "./scenario.ts";
import type { Scheduler } from "./scheduler.ts";

export interface ClusterPorts {
  readonly chance: Chance;
  readonly scheduler: Scheduler;
  readonly checks: Checks;
  readonly store: () => JobStore;
  readonly configMaps: ConfigMaps;
  readonly tell: (text: () => string) => void;
}

export interface Cluster {
  /** Looks at a Job that changed. */
  see(job: Job): void;
  /** Its Job was deleted in the foreground: the pod goes, and the Job controller does not call it failed. */
  stop(ref: JobRef): void;
  /** Whether a pod of the Job is there that has not ended. */
  isBusy(ref: JobRef): boolean;
  podsOf(ref: JobRef): Pod[];
  warningsOf(ref: { readonly uid: string }): KubernetesWarning[];
}

type PodState = "mounting" | "waiting" | "running" | { readonly exitCode: number };

export const makeCluster = ({ chance, scheduler, checks, store, configMaps, tell }: ClusterPorts): Cluster => {
  const pods = new Map<string, Pod>();
  const begun = new Set<string>();
  const ends = new Map<string, number>();
  const mounting = new Set<string>();
  const stopped = new Set<string>();
  const now = (): string => timeOf(new Date(scheduler.now()));

  const setPod = (job: Job, state: PodState): void => {
    const { namespace = "", name = "", uid = "" } = job.metadata ?? {};
    const since = pods.get(uid)?.metadata?.creationTimestamp ?? now();
    pods.set(uid, {
      metadata: { namespace, name: `${name}-x`, uid: `${uid}-pod`, creationTimestamp: since },
      status: {
        ...{ phase: phaseOf(state), startTime: since },
        containerStatuses: [{ ...container, state: stateOf(state, now()) }],
      },
    } as Pod);
  };
  const end = (ref: JobRef, passed: boolean, reason: string): void => {
    const job = store().find(ref);
    if (!job || ends.has(ref.uid) || stopped.has(ref.uid)) return;
    ends.set(ref.uid, scheduler.now());
    tell(() => `${describe(job)} ${passed ? "succeeds" : `fails (${reason})`}`);
    // At its deadline a Job's pods are deleted.
    if (reason === "DeadlineExceeded") pods.delete(ref.uid);
    else setPod(job, { exitCode: passed ? 0 : 1 });
    if (passed) checks.podSucceeded(job);
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
    store().setStatus(ref, { active: 1, startTime: now() });
    checks.podStarted(job, configMaps.serves(job));
    mount(ref, 0);
    const deadlineMs = (job.spec?.activeDeadlineSeconds ?? 0) * 1000;
    scheduler.after(deadlineMs, () => end(ref, false, "DeadlineExceeded"));
  };
  /** The kubelet tries again and again. */
  const mount = (ref: JobRef, tries: number): void => {
    const job = store().find(ref);
    if (!job || ends.has(ref.uid) || stopped.has(ref.uid)) return;
    if (configMaps.serves(job)) {
      mounting.delete(ref.uid);
      run(job, ref);
      return;
    }
    if (tries === 0) tell(() => `a pod of ${describe(job)} waits for its files`);
    if (tries === 0) chance.note("a pod that waits for its files");
    mounting.add(ref.uid);
    setPod(job, "mounting");
    scheduler.after(Math.min(120_000, 500 * 2 ** tries), () => mount(ref, tries + 1));
  };
  const run = (job: Job, ref: JobRef): void => {
    const fate = fateOf(job);
    tell(() => `a pod of ${describe(job)} ${fate.kind === "stuck" ? "cannot pull its image" : "runs"}`);
    setPod(job, fate.kind === "stuck" ? "waiting" : "running");
    if (fate.kind !== "stuck" || fate.healsMs) checks.containerRan(job);
    if (fate.kind === "succeeds" || fate.kind === "fails")
      scheduler.after(fate.afterMs, () => end(ref, fate.kind === "succeeds", "BackoffLimitExceeded"));
    else if (fate.kind === "stuck" && fate.healsMs) scheduler.after(fate.healsMs, () => end(ref, true, ""));
  };
  const fateOf = (job: Job): Fate =>
    checks.runOf(job)?.action.fates[Number(job.metadata?.labels?.[label.taskIndex])] ?? {
      ...{ kind: "succeeds", afterMs: 1000 },
    };
  /** The TTL controller deletes in the foreground: the pods, and their output, first. */
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
    isBusy: ({ uid }) => pods.has(uid) && !ends.has(uid),
    podsOf: ({ uid }) => (pods.has(uid) ? [pods.get(uid)!] : []),
    warningsOf: ({ uid }) =>
      mounting.has(uid.replace(/-pod$/, "")) && uid.endsWith("-pod")
        ? [{ reason: "FailedMount", message: "configmap not found", firstMs: 0, lastMs: scheduler.now() }]
        : [],
    see: (job) => {
      const ref = refOf(job);
      if (!job.spec?.suspend && !begun.has(ref.uid) && !job.metadata?.deletionTimestamp)
        scheduler.after(skewed(chance.at(ref.uid).roll("scheduled"), 5, 2000), () => begin(ref));
      const ttlSeconds = job.spec?.ttlSecondsAfterFinished;
      const over = job.status?.conditions?.some(({ type }) => type === "Complete" || type === "Failed");
      if (ttlSeconds === undefined || !over || job.metadata?.deletionTimestamp) return;
      scheduler.after(ends.get(ref.uid)! + ttlSeconds * 1000 - scheduler.now() + 10, () => expire(ref));
    },
  };
};

const container = { name: "task", image: "x", imageID: "", ready: false, restartCount: 0 };

const phaseOf = (state: PodState): string => {
  if (typeof state === "object") return state.exitCode === 0 ? "Succeeded" : "Failed";
  return state === "running" ? "Running" : "Pending";
};

const stateOf = (state: PodState, now: string) => {
  if (typeof state === "object") return { terminated: { ...state, finishedAt: now } };
  if (state === "running") return { running: { startedAt: now } };
  return { waiting: { reason: state === "waiting" ? "ErrImagePull" : "ContainerCreating" } };
};

const conditionOf = (type: string, reason: string, lastTransitionTime: string) => ({
  ...{ type, status: "True", reason, message: "", lastTransitionTime },
});

export const refOf = ({ metadata }: Job): JobRef => ({
  namespace: metadata?.namespace ?? "",
  name: metadata?.name ?? "",
  uid: metadata?.uid ?? "",
});
