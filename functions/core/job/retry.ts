// How often Kubernetes tries a task: backoffLimit, podFailurePolicy, and the deadline over all tries.
import { type Retries, retriesOf } from "../config/order-schema.ts";
import type { Task } from "../config/schema.ts";
import type { JobSpec } from "../kubernetes.ts";

type PodFailurePolicy = NonNullable<JobSpec["podFailurePolicy"]>;

/** The condition of a pod that is taken away (batch/v1 PodFailurePolicy; since 1.26). */
const disrupted = [{ type: "DisruptionTarget", status: "True" }];

/**
 * Never again without `retries`: a pod that Kubernetes takes away fails the Job as it would without this policy, but the Job says so:
 * after an eviction its pod is gone. With `retries` such a pod is replaced, and does not count.
 * @param name of the task's own container; a sidecar or an init container has no part in its exit codes
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

/** Kubernetes' pause before a try: job controller, DefaultJobPodFailureBackOff and MaxJobPodFailureBackOff. */
const [firstPauseSeconds, longestPauseSeconds] = [10, 600];

/**
 * Of a Job with all its tries: each gets what a single one would get, and the pauses between them come on top.
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
