// Retries of a task by Kubernetes: backoffLimit, podFailurePolicy, and the deadline for all tries.
import { type Retries, retriesOf } from "../config/order-schema.ts";
import type { Task } from "../config/schema.ts";
import type { JobSpec } from "../kubernetes.ts";

type PodFailurePolicy = NonNullable<JobSpec["podFailurePolicy"]>;

/** Condition of a disrupted pod, such as an evicted one (batch/v1 PodFailurePolicy; since 1.26). */
const disrupted = [{ type: "DisruptionTarget", status: "True" }];

/**
 * Without `retries`, a disrupted pod fails the Job, as it would without this policy; but the policy makes the Job state the reason,
 * because an evicted pod is gone. With `retries`, such a pod is replaced and does not count.
 * @param name name of the task's own container; exit codes of sidecars and init containers do not count
 */
export const makeRetrySpec = ({ retries }: Pick<Task, "retries">, name: string) => {
  const given = retriesOf(retries);
  return { backoffLimit: given?.limit ?? 0, podFailurePolicy: given ? policyOf(given, name) : disruptionFails };
};

const disruptionFails: PodFailurePolicy = { rules: [{ action: "FailJob", onPodConditions: disrupted }] };

const policyOf = ({ exitCodes }: Retries, containerName: string): PodFailurePolicy => ({
  rules: [
    { action: "Ignore", onPodConditions: disrupted },
    ...(exitCodes
      ? [{ action: "FailJob", onExitCodes: { containerName, operator: "NotIn", values: [...exitCodes] } }]
      : []),
  ],
});

/** Kubernetes' pauses between tries: job controller, DefaultJobPodFailureBackOff and MaxJobPodFailureBackOff. */
const [firstPauseSeconds, longestPauseSeconds] = [10, 600];

/**
 * Deadline of a Job with all its tries: each gets the time of a single try, plus the pauses between them.
 * @param onceSeconds the deadline of a Job that is tried once
 */
export const allTriesSeconds = ({ retries }: Pick<Task, "retries">, onceSeconds: number): number => {
  const { limit = 0 } = retriesOf(retries) ?? {};
  const pauses = Array.from({ length: limit }, (_, n) => Math.min(firstPauseSeconds * 2 ** n, longestPauseSeconds));
  return Math.min(
    pauses.reduce((sum, pause) => sum + pause, onceSeconds * (limit + 1)),
    2 ** 31 - 1,
  );
};
