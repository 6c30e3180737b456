// The phases of a task: waiting, starting, fetching files, running; for a retried task, those of each try.
import { ownEndNoted } from "../annotations/own-end.ts";
import { stoppedNoted } from "../annotations/stopped.ts";
import type { Job, Pod } from "../kubernetes.ts";
import { isRetried } from "../pod/retried.ts";
import { containersOfTask, endOfContainer, startOf } from "../pod/task-containers.ts";
import { failureOf } from "../run/run-state.ts";

/** Times are RFC 3339. Without an end, the phase is open. */
export interface Phase {
  readonly phase: "waiting" | "starting" | "init" | "running";
  readonly from: string;
  readonly until?: string;
  /** A try that was followed by another one. */
  readonly failed?: true;
}

type OpenPhase = Omit<Phase, "until">;

/** @param pods newest last @returns in order, each beginning at the previous one's end */
export const phasesOf = (job: Job, pods: readonly Pod[]): Phase[] => {
  if (job.spec?.suspend && stoppedNoted(job)) return []; // it will never run
  const pod = pods.at(-1);
  const before = isRetried(job) ? pods.slice(0, -1) : [];
  const { own } = containersOfTask(job, pod);
  const ended = endOfContainer(own) ?? ownEndNoted(job)?.finishedAt;
  const isPause = isRetried(job) && endOf(job) === undefined && own?.state?.terminated?.exitCode !== 0;
  const end = endOf(job) ?? (isPause ? undefined : ended);
  const begun = [
    ...begunAt("waiting", job.metadata?.creationTimestamp),
    ...before.flatMap((one, index) =>
      tryBefore(job, one, index === 0 ? releaseOf(job) : one.metadata?.creationTimestamp),
    ),
    ...lastTry(job, pod, before.length === 0 ? releaseOf(job) : pod?.metadata?.creationTimestamp),
    ...(isPause ? begunAt("waiting", ended) : []),
  ];
  return begun.map((one, index) => {
    const until = begun[index + 1]?.from ?? (one.phase === "running" ? (ended ?? end) : end);
    return until === undefined ? one : { ...one, until };
  });
};

/** Ends with Kubernetes' pause before the next try. */
const tryBefore = (job: Job, pod: Pod, from: string | undefined): OpenPhase[] => {
  const { init, main, ended } = timesOf(job, pod);
  const running = begunAt("running", main).map((one) => ({ ...one, failed: true as const }));
  return [...begunAt("starting", from), ...begunAt("init", init), ...running, ...begunAt("waiting", ended)];
};

const lastTry = (job: Job, pod: Pod | undefined, from: string | undefined): OpenPhase[] => {
  const { init, main } = timesOf(job, pod);
  // The start time of an unknown pod is unknown too, so all of the time counts as running.
  const alone = !pod && (endOf(job) !== undefined || (job.status?.ready ?? 0) > 0);
  if (alone) return begunAt("running", from);
  return [...begunAt("starting", from), ...begunAt("init", init), ...begunAt("running", main)];
};

const begunAt = (phase: Phase["phase"], from: string | undefined): OpenPhase[] => (from ? [{ phase, from }] : []);

const releaseOf = ({ spec, status }: Job): string | undefined => (spec?.suspend ? undefined : status?.startTime);

/** When its containers started, and when the task's own container ended. */
const timesOf = (job: Job, pod: Pod | undefined) => {
  const { own, init, nativeSidecars } = containersOfTask(job, pod);
  const first = [...init, ...nativeSidecars].map(startOf).find(Boolean);
  return { init: first, main: startOf(own), ended: endOfContainer(own) };
};

/** When its Job ended in any way. */
export const endOf = (job: Job): string | undefined =>
  job.status?.completionTime ?? failureOf(job)?.lastTransitionTime ?? successOf(job) ?? job.metadata?.deletionTimestamp;

/** Set a moment before completionTime. */
const successOf = (job: Job): string | undefined =>
  job.status?.conditions?.find(({ type, status }) => type === "SuccessCriteriaMet" && status === "True")
    ?.lastTransitionTime;
