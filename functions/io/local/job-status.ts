// The status of a Job, as the Job controller of Kubernetes 1.34 writes it.
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

/** A pod of it has failed, and another one comes after a pause. */
export const pausedStatus = (before: JobStatus): JobStatus => ({
  ...before,
  ...{ active: 0, ready: 0, failed: (before.failed ?? 0) + 1 },
});

/**
 * First the outcome is decided, then, with the second status, the Job is over: Kubernetes writes both.
 * @param why of a failure, where it is not that no try is left
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
