// How often a task was tried, and how the earlier tries failed.
import type { Job, Pod } from "../kubernetes.ts";
import { failureOf } from "../run/run-state.ts";
import { asSentence } from "../text/log-text.ts";
import { explainFailure } from "./explain-failure.ts";
import { cutOf } from "./pod-end.ts";
import { isRetried } from "./retried.ts";

export interface Tries {
  /** The current or last try, from 1. */
  readonly number: number;
  /** `retries` + 1. */
  readonly most: number;
}

/**
 * The Job counts failed pods (`status.failed`), without removed ones. A pod that has just failed may not be counted yet.
 * @param pods known pods, newest last
 * @returns undefined: the task has no retries
 */
export const triesOf = (job: Job, pods: readonly Pod[] = []): Tries | undefined => {
  if (!isRetried(job)) return undefined;
  const most = (job.spec?.backoffLimit ?? 0) + 1;
  const counted = (job.status?.failed ?? 0) + (failureOf(job) ? 0 : 1);
  const seen = pods.filter((pod) => !isTaken(job, pod)).length;
  return { number: Math.min(most, Math.max(1, counted, seen)), most };
};

/** @param pods known pods, newest last @returns sentences; none if its first pod was its only one */
export const explainTries = (job: Job, pods: readonly Pod[]): string[] => {
  const tries = triesOf(job, pods);
  if (!tries) return [];
  const { number, most } = tries;
  const before = explainPodsBefore(job, pods.slice(0, -1));
  if (number < most && failureOf(job)?.reason === "PodFailurePolicy")
    return [...before, `This is try ${number} of ${most}: its exit code allows no further try (exitCodes).`];
  return number > 1 ? [...before, `This is try ${number} of ${most}.`] : before;
};

/** More pods would add nothing. */
const mostPods = 10;

const explainPodsBefore = (job: Job, pods: readonly Pod[]): string[] => {
  const asOfThem = { ...job, metadata: { ...job.metadata, annotations: {} }, status: {} }; // the Job's status concerns the last pod
  let number = 0;
  const said = pods.map((pod) => {
    const cut = cutOf(asOfThem, pod);
    if (cut?.kind === "taken") return `Kubernetes removed one of its pods and replaced it: ${asSentence(cut.words)}`;
    return `Try ${++number} failed: ${explainFailure(asOfThem, pod)}`;
  });
  return said.slice(-mostPods);
};

const isTaken = (job: Job, pod: Pod): boolean => cutOf({ ...job, status: {} }, pod)?.kind === "taken";
