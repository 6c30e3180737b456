// The status of a Job like that of the Job controller in Kubernetes 1.34.
import type { Job } from "../../lib/core/kubernetes.ts";
import { noTryLeft, type Reason } from "./after-failure.ts";

export type JobStatus = NonNullable<Job["status"]>;

/** Kubernetes' times have whole seconds (metav1.Time). */
export const timeOf = (date: Date): string => `${date.toISOString().slice(0, 19)}Z`;

export const suspendedStatus = (now: Date): JobStatus => ({
  conditions: [conditionOf("Suspended", { reason: "JobSuspended", message: "Job suspended", now })],
  ready: 0,
});

export const activeStatus = (now: Date): JobStatus => ({
  active: 1,
  ready: 0,
  startTime: timeOf(now),
  conditions: [{ ...conditionOf("Suspended", { reason: "JobResumed", message: "Job resumed", now }), status: "False" }],
});

/** A pod failed, and another one follows after a pause. */
export const pausedStatus = (before: JobStatus): JobStatus => ({
  ...before,
  ...{ active: 0, ready: 0, failed: (before.failed ?? 0) + 1 },
});

/**
 * Like Kubernetes, two statuses: the first decides the outcome, the second ends the Job.
 * @param why of a failure
 */
export const endedStatuses = (
  { active: _, conditions = [], ...before }: JobStatus,
  result: "succeeded" | "failed",
  now: Date,
  why: Reason = noTryLeft,
): JobStatus[] => {
  const passed = result === "succeeded";
  const said = { ...(passed ? allSucceeded : why), now };
  const decision = conditionOf(passed ? "SuccessCriteriaMet" : "FailureTarget", said);
  const decided = { ...before, ready: 0, conditions: [...conditions, decision] };
  const over = {
    ...decided,
    [result]: (before[result] ?? 0) + 1,
    conditions: [...decided.conditions, conditionOf(passed ? "Complete" : "Failed", said)],
    ...(passed ? { completionTime: timeOf(now) } : {}),
  };
  return [decided, over];
};

const allSucceeded: Reason = { reason: "CompletionsReached", message: "Reached expected number of succeeded pods" };

const conditionOf = (type: string, { reason, message, now }: Reason & { readonly now: Date }) => ({
  ...{ type, status: "True", reason, message },
  ...{ lastProbeTime: timeOf(now), lastTransitionTime: timeOf(now) },
});
