// The life of one local Job: a pod, and another one for each retry.
import { setTimeout as sleep } from "node:timers/promises";
import type { Job, Pod } from "../../lib/core/kubernetes.ts";
import { refOf } from "../../lib/core/object-meta.ts";
import { triesOf } from "../../lib/core/pod/tries.ts";
import { afterFailure, noTryLeft, type Reason } from "./after-failure.ts";
import { activeStatus, endedStatuses, type JobStatus, pausedStatus } from "./job-status.ts";
import { type PodRun, type PodWorld, runPod, timerMs } from "./run-pod.ts";

export interface JobRun {
  /** Newest last. */
  pods(): readonly PodRun[];
  readonly done: Promise<void>;
  /** Stops its pods, without retries. */
  stop(): void;
  /** Stops it when its Job is deleted; the Job's status is no longer updated. */
  remove(): void;
}

/** Kubernetes' backoff, 10 s and growing, would be too long at a terminal. */
const pauseMs = 1000;

export const runJob = (world: PodWorld, job: Job): JobRun => {
  const life: Life = { job, pods: [], status: activeStatus(world.now()), end: new AbortController(), isRemoved: false };
  const stop = () => life.end.abort();
  const remove = () => {
    life.isRemoved = true;
    stop();
  };
  return { pods: () => life.pods, done: live(world, life), stop, remove };
};

interface Life {
  readonly job: Job;
  readonly pods: PodRun[];
  status: JobStatus;
  readonly end: AbortController;
  isRemoved: boolean;
}

const live = async (world: PodWorld, life: Life): Promise<void> => {
  const timer = setTimeout(() => life.end.abort(), timerMs(life.job.spec?.activeDeadlineSeconds));
  try {
    for (;;) {
      const pod = startPod(world, life);
      const passed = await pod.done;
      const verdict = passed ? undefined : verdictOn(life, pod.pod());
      const isLast = passed || verdict !== undefined;
      const pods = life.pods.map((one) => one.pod());
      world.watcher.onEnd(life.job, pod.pod(), isLast ? undefined : triesOf(life.job, pods));
      if (life.isRemoved) return;
      if (isLast) return end(world, life, verdict);
      setStatus(world, life, pausedStatus(life.status));
      await sleep(pauseMs, undefined, { signal: life.end.signal }).catch(() => undefined);
      if (life.end.signal.aborted) return life.isRemoved ? undefined : end(world, life, noTryLeft);
    }
  } finally {
    clearTimeout(timer);
    for (const pod of life.pods) pod.close();
  }
};

const startPod = (world: PodWorld, life: Life): PodRun => {
  setStatus(world, life, { ...life.status, active: 1 });
  world.watcher.onStart(life.job);
  const onReady = (ready: number) => setStatus(world, life, { ...life.status, ready });
  const pod = runPod(world, life.job, { onReady, signal: life.end.signal });
  life.pods.push(pod);
  return pod;
};

/** Missing images and Secrets, which the kubelet would retry forever, and stopped tasks are not retried. */
const verdictOn = ({ job, status, end }: Life, pod: Pod): Reason | undefined => {
  const own = pod.status?.containerStatuses?.find(({ name }) => name === job.metadata?.name);
  const isRefused = pod.status?.reason !== undefined && pod.status.reason !== "DeadlineExceeded";
  if (end.signal.aborted || isRefused) return noTryLeft;
  return afterFailure(job, { exitCode: own?.state?.terminated?.exitCode, failed: status.failed ?? 0 });
};

/** @param why undefined: it succeeded */
const end = (world: PodWorld, life: Life, why: Reason | undefined): void => {
  for (const status of endedStatuses(life.status, why ? "failed" : "succeeded", world.now(), why))
    setStatus(world, life, status);
};

const setStatus = (world: PodWorld, life: Life, status: JobStatus): void => {
  life.status = status;
  world.jobs.setStatus(refOf(life.job), status);
};
