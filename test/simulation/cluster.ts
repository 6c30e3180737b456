// Kubernetes around the Jobs: Job controller, kubelet and TTL controller, in virtual time.
import type { Job, Pod } from "../../functions/core/kubernetes.ts";
import { label } from "../../functions/core/marks.ts";
import type { JobRef } from "../../functions/io/kubernetes/ports.ts";
import { type Chance, skewed } from "./chance.ts";
import type { Checks } from "./checks.ts";
import { type JobStore, timeOf } from "./job-store.ts";
import type { Fate } from "./scenario.ts";
import type { Scheduler } from "./scheduler.ts";

export interface ClusterPorts {
  readonly chance: Chance;
  readonly scheduler: Scheduler;
  readonly checks: Checks;
  readonly store: () => JobStore;
  readonly tell: (text: string) => void;
}

export interface Cluster {
  /** Looks at a Job that changed. */
  see(job: Job): void;
  podsOf(ref: JobRef): Pod[];
}

export const makeCluster = ({ chance, scheduler, checks, store, tell }: ClusterPorts): Cluster => {
  const pods = new Map<string, Pod>();
  const begun = new Set<string>();
  const ends = new Map<string, number>();
  const now = (): string => timeOf(new Date(scheduler.now()));

  const podOf = (job: Job, state: "waiting" | "running" | { exitCode: number }): Pod => {
    const { namespace = "", name = "", uid = "" } = job.metadata ?? {};
    const of = {
      waiting: { waiting: { reason: "ErrImagePull" } },
      running: { running: { startedAt: now() } },
    };
    const said = typeof state === "string" ? of[state] : { terminated: { ...state, finishedAt: now() } };
    const container = { name: "task", image: "x", imageID: "", ready: false, restartCount: 0, state: said };
    const before = pods.get(uid)?.metadata?.creationTimestamp;
    return {
      metadata: { namespace, name: `${name}-x`, uid: `${uid}-pod`, creationTimestamp: before ?? now() },
      status: { startTime: before ?? now(), containerStatuses: [container] },
    } as Pod;
  };
  const end = (ref: JobRef, passed: boolean, reason: string): void => {
    const job = store().find(ref);
    if (!job || ends.has(ref.uid)) return;
    ends.set(ref.uid, scheduler.now());
    tell(`${nameOf(job)} ${passed ? "succeeds" : `fails (${reason})`}`);
    if (pods.has(ref.uid)) pods.set(ref.uid, podOf(job, { exitCode: passed ? 0 : 1 }));
    if (passed) checks.podSucceeded(job);
    const decided = [conditionOf(passed ? "SuccessCriteriaMet" : "FailureTarget", reason)];
    store().setStatus(ref, { ...job.status, conditions: decided });
    scheduler.after(skewed(chance.roll(`${ref.uid} decided`), 1, 1000), () => {
      ends.set(ref.uid, scheduler.now());
      const conditions = [...decided, conditionOf(passed ? "Complete" : "Failed", reason)];
      store().setStatus(ref, { ...store().find(ref)?.status, conditions });
    });
  };
  const begin = (ref: JobRef): void => {
    const job = store().find(ref);
    if (!job || job.metadata?.deletionTimestamp || job.spec?.suspend || begun.has(ref.uid)) return;
    begun.add(ref.uid);
    const fate = fateOf(job);
    store().setStatus(ref, { active: 1, startTime: now() });
    tell(`a pod of ${nameOf(job)} ${fate.kind === "stuck" ? "cannot pull its image" : "runs"}`);
    pods.set(ref.uid, podOf(job, fate.kind === "stuck" ? "waiting" : "running"));
    checks.podStarted(job);
    const deadlineMs = (job.spec?.activeDeadlineSeconds ?? 0) * 1000;
    if (fate.kind === "succeeds" || fate.kind === "fails")
      scheduler.after(fate.afterMs, () => end(ref, fate.kind === "succeeds", "BackoffLimitExceeded"));
    else if (fate.kind === "stuck" && fate.healsMs) scheduler.after(fate.healsMs, () => end(ref, true, ""));
    scheduler.after(deadlineMs, () => end(ref, false, "DeadlineExceeded"));
  };
  const fateOf = (job: Job): Fate => {
    const { labels = {} } = job.metadata ?? {};
    const action = checks.eventOfRun(labels[label.run] ?? "")?.runs.get(labels[label.run] ?? "");
    return action?.fates[Number(labels[label.taskIndex])] ?? { kind: "succeeds", afterMs: 1000 };
  };
  const expire = (ref: JobRef): void => {
    const job = store().find(ref);
    if (!job) return;
    tell(`the TTL controller deletes ${nameOf(job)}`);
    checks.expired(job);
    store().delete(ref);
  };

  return {
    podsOf: ({ uid }) => (pods.has(uid) ? [pods.get(uid)!] : []),
    see: (job) => {
      const ref = refOf(job);
      if (!job.spec?.suspend && !begun.has(ref.uid) && !job.metadata?.deletionTimestamp)
        scheduler.after(skewed(chance.roll(`${ref.uid} scheduled`), 5, 2000), () => begin(ref));
      const ttlSeconds = job.spec?.ttlSecondsAfterFinished;
      const over = job.status?.conditions?.some(({ type }) => type === "Complete" || type === "Failed");
      if (ttlSeconds === undefined || !over || job.metadata?.deletionTimestamp) return;
      scheduler.after(ends.get(ref.uid)! + ttlSeconds * 1000 - scheduler.now() + 10, () => expire(ref));
    },
  };
};

const conditionOf = (type: string, reason: string) => ({ type, status: "True", reason, message: "" });

export const nameOf = ({ metadata }: Job): string => {
  const { [label.run]: run = "", [label.task]: task = "" } = metadata?.labels ?? {};
  return `${task} of run ${run.slice(0, 4)}${run.slice(-4)}`;
};

export const refOf = ({ metadata }: Job): JobRef => ({
  namespace: metadata?.namespace ?? "",
  name: metadata?.name ?? "",
  uid: metadata?.uid ?? "",
});
