// The life of a simulated pod that has its files, by its task's fate.
import { label } from "../../functions/lib/core/annotations/annotations.ts";
import type { Job } from "../../functions/lib/core/kubernetes.ts";
import type { JobRef } from "../../functions/lib/kubernetes/ports.ts";
import { type Checks, describe } from "./checks.ts";
import { type PodFacts, podUidOf } from "./pod.ts";
import { type Fate, hiccupMs, type Sidecar, type Try } from "./scenario.ts";
import type { Scheduler } from "./scheduler.ts";

export interface PodLifePorts {
  readonly scheduler: Scheduler;
  readonly checks: Checks;
  readonly tell: (text: () => string) => void;
  /** The Job, while its pod can still change it. */
  readonly find: (ref: JobRef) => Job | undefined;
  readonly setPod: (ref: JobRef, change: Partial<PodFacts>) => void;
  readonly warn: (ref: JobRef, reason: string) => void;
  /** The number of its earlier pods. */
  readonly nthOf: (ref: JobRef) => number;
  /** A pod of it failed: with retries it gets another one. */
  readonly fail: (ref: JobRef) => void;
  /** A pod of it was removed without counting as a try: it gets another one. */
  readonly replace: (ref: JobRef) => void;
  /** Its Job ended. */
  readonly end: (ref: JobRef, passed: boolean, reason: string) => void;
  /** The pod no longer exists. */
  readonly forget: (uid: string) => void;
}

export const makePodLife = (ports: PodLifePorts) => {
  const { scheduler, checks, tell, find, setPod, warn, end, forget } = ports;
  /** A late volume, or a large image that fails once, takes a while without being a failure. */
  const prepare = (job: Job, ref: JobRef): void => {
    const fate = fateOf(job);
    const slowMs = fate.kind === "succeeds" ? (fate.slowMs ?? 0) : 0;
    if (slowMs > 0) warn(ref, "FailedMount");
    setPod(ref, { ready: true });
    if (slowMs === 0) {
      run(job, ref);
      return;
    }
    scheduler.after(slowMs, () => {
      if (!find(ref)) return;
      warn(ref, "Failed");
      setPod(ref, { own: "waiting" });
      scheduler.after(hiccupMs, () => (find(ref) ? run(job, ref) : undefined));
    });
  };
  const run = (job: Job, ref: JobRef): void => {
    const fate = fateOf(job);
    tell(() => `a pod of ${describe(job)} ${fate.kind === "stuck" ? "cannot pull its image" : "runs"}`);
    const sidecar = fate.kind === "succeeds" || fate.kind === "fails" ? fate.sidecar : undefined;
    if (fate.kind === "stuck") warn(ref, "Failed");
    setPod(ref, { own: fate.kind === "stuck" ? "waiting" : "running", ...(sidecar ? { sidecar: "running" } : {}) });
    if (fate.kind !== "stuck" || fate.healsMs) checks.containerRan(job);
    if (fate.kind === "succeeds" || fate.kind === "fails")
      scheduler.after(fate.afterMs, () => endOwn(ref, { passed: fate.kind === "succeeds", sidecar }));
    else if (fate.kind === "stuck" && fate.healsMs)
      scheduler.after(fate.healsMs, () => endOwn(ref, { passed: true, sidecar: undefined }));
    else if (fate.kind === "stuck") keepFailing(ref);
    else if (fate.kind === "evicted") scheduler.after(fate.afterMs, () => takeAway(ref, fate.gone));
    else if (fate.kind === "retried") tryOnce(ref, fate.tries[ports.nthOf(ref)]);
  };
  const tryOnce = (ref: JobRef, one: Try | undefined): void => {
    if (!one) scheduler.after(1000, () => endOwn(ref, { passed: true, sidecar: undefined }));
    else if (one.end === "fails")
      scheduler.after(one.afterMs, () => endOwn(ref, { passed: false, sidecar: undefined }));
    else if (one.end !== "late") scheduler.after(one.afterMs, () => takeForNow(ref, one.end === "gone"));
  };
  const takeForNow = (ref: JobRef, gone: boolean): void => {
    const job = find(ref);
    if (!job) return;
    tell(() => `Kubernetes takes a pod of ${describe(job)} away`);
    setPod(ref, { takenMs: scheduler.now(), own: { exitCode: 143, atMs: scheduler.now() + 1000 } });
    if (gone) forget(ref.uid);
    const doesNotCount = job.spec?.podFailurePolicy?.rules.some(({ action }) => action === "Ignore");
    if (doesNotCount) ports.replace(ref);
    else end(ref, false, "PodFailurePolicy");
  };
  const keepFailing = (ref: JobRef): void => {
    if (!find(ref)) return;
    warn(ref, "Failed");
    scheduler.after(15_000, () => keepFailing(ref));
  };
  /** The pod ends with its last container, and fails if any container fails. */
  const endOwn = (ref: JobRef, how: { readonly passed: boolean; readonly sidecar: Sidecar | undefined }): void => {
    const job = find(ref);
    if (!job) return;
    const value = podUidOf(ref.uid, ports.nthOf(ref));
    const wrote = checks.wrote(job, value);
    setPod(ref, {
      own: {
        exitCode: how.passed ? 0 : 1,
        atMs: scheduler.now(),
        message: wrote ? JSON.stringify({ v: value }) : "{}",
      },
    });
    if (how.passed) checks.podSucceeded(job);
    if (!how.sidecar) {
      if (how.passed) end(ref, true, "");
      else ports.fail(ref);
      return;
    }
    tell(() => `the own container of ${describe(job)} ends`);
    if (how.sidecar === "lasts") return;
    scheduler.after(2000, () => {
      if (!find(ref)) return;
      setPod(ref, { sidecar: { exitCode: 1, atMs: scheduler.now() } });
      end(ref, false, "BackoffLimitExceeded");
    });
  };
  /** An eviction: by the API, the pod is deleted once it has ended; by the kubelet, it stays. */
  const takeAway = (ref: JobRef, gone: boolean): void => {
    const job = find(ref);
    if (!job) return;
    tell(() => `Kubernetes takes a pod of ${describe(job)} away`);
    checks.podTaken(job);
    setPod(ref, { takenMs: scheduler.now(), own: { exitCode: 143, atMs: scheduler.now() + 1000 } });
    if (gone) forget(ref.uid);
    end(ref, false, "PodFailurePolicy");
  };
  const fateOf = (job: Job): Fate =>
    checks.runOf(job)?.action.fates[Number(job.metadata?.labels?.[label.taskIndex])] ?? {
      ...{ kind: "succeeds", afterMs: 1000 },
    };
  const quotaMsOf = (job: Job): number => {
    const fate = fateOf(job);
    return fate.kind === "succeeds" ? (fate.quotaMs ?? 0) : 0;
  };
  return { prepare, quotaMsOf };
};
