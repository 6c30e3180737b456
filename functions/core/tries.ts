// How often a task was tried, and what came of the tries before the last one.
import { explainFailure } from "./explain-failure.ts";
import type { Job, Pod } from "./kubernetes.ts";
import { cutOf } from "./pod-end.ts";
import { isRetried } from "./retried.ts";
import { failureOf } from "./run-state.ts";

export interface Tries {
  /** The one that it is at, or ended with, from 1. */
  readonly number: number;
  /** `retries` and one. */
  readonly most: number;
}

/**
 * The Job counts pods that failed (`status.failed`), and none that was taken away; of one that has just failed only the pod tells.
 * @param pods those that are known, newest last
 * @returns undefined: it is never tried again
 */
export const triesOf = (job: Job, pods: readonly Pod[] = []): Tries | undefined => {
  if (!isRetried(job)) return undefined;
  const most = (job.spec?.backoffLimit ?? 0) + 1;
  const counted = (job.status?.failed ?? 0) + (failureOf(job) ? 0 : 1);
  const seen = pods.filter((pod) => !isTaken(job, pod)).length;
  return { number: Math.min(most, Math.max(1, counted, seen)), most };
};

/** @param pods those that are known, newest last @returns sentences; none where its first pod was its only one */
export const explainTries = (job: Job, pods: readonly Pod[]): string[] => {
  const tries = triesOf(job, pods);
  if (!tries) return [];
  const { number, most } = tries;
  const before = explainPodsBefore(job, pods.slice(0, -1));
  if (number < most && failureOf(job)?.reason === "PodFailurePolicy")
    return [...before, `This is try ${number} of ${most}: after its exit code there is no other one (exitCodes).`];
  return number > 1 ? [...before, `This is try ${number} of ${most}.`] : before;
};

/** Of more than that the first ones say no more than the last. */
const mostPods = 10;

const explainPodsBefore = (job: Job, pods: readonly Pod[]): string[] => {
  const asOfThem = { ...job, metadata: { ...job.metadata, annotations: {} }, status: {} }; // what the Job says is of the last one
  let number = 0;
  const said = pods.map((pod) => {
    const cut = cutOf(asOfThem, pod);
    if (cut?.kind === "taken")
      return `Kubernetes took a pod of it away, and replaced it: ${cut.words.replace(/\.?$/, ".")}`;
    return `Try ${++number} failed: ${explainFailure(asOfThem, pod)}`;
  });
  return said.slice(-mostPods);
};

const isTaken = (job: Job, pod: Pod): boolean => cutOf({ ...job, status: {} }, pod)?.kind === "taken";
