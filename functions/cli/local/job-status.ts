// The status of a Job like that of the Job controller in Kubernetes 1.34.
import type { JobStatus } from "./jobs.ts";

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

const words = {
  succeeded: { reason: "CompletionsReached", message: "Reached expected number of succeeded pods" },
  failed: { reason: "BackoffLimitExceeded", message: "Job has reached the specified backoff limit" },
};

/** A pod failed, and another one follows after a pause. */
export const pausedStatus = (before: JobStatus): JobStatus => ({
  ...before,
  ...{ active: 0, ready: 0, failed: (before.failed ?? 0) + 1 },
});

/**
 * Like Kubernetes, two statuses: the first decides the outcome, the second ends the Job.
 * @param why of a failure, if it is not that no retries are left
 */
export const endedStatuses = (
  before: JobStatus,
  result: "succeeded" | "failed",
  now: Date,
  why?: { readonly reason: string; readonly message: string },
): JobStatus[] => {
  const { active: _, conditions = [], ...rest } = before;
  const passed = result === "succeeded";
  const said = { ...(why ?? words[result]), now };
  const decided = {
    ...rest,
    ready: 0,
    conditions: [...conditions, conditionOf(passed ? "SuccessCriteriaMet" : "FailureTarget", said)],
  };
  const over = {
    ...decided,
    [result]: (rest[result] ?? 0) + 1,
    conditions: [...decided.conditions, conditionOf(passed ? "Complete" : "Failed", said)],
    ...(passed ? { completionTime: timeOf(now) } : {}),
  };
  return [decided, over];
};

const conditionOf = (type: string, said: { reason: string; message: string; now: Date }) => ({
  type,
  status: "True",
  reason: said.reason,
  message: said.message,
  lastProbeTime: timeOf(said.now),
  lastTransitionTime: timeOf(said.now),
});
