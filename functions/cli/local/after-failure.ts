// Decides whether a Job retries after a failed pod, following batch/v1 backoffLimit and PodFailurePolicy.
import type { Job } from "../../lib/core/kubernetes.ts";

export interface Reason {
  readonly reason: string;
  readonly message: string;
}

export const noTryLeft: Reason = {
  reason: "BackoffLimitExceeded",
  message: "Job has reached the specified backoff limit",
};

/**
 * Pods are never disrupted here, so only rules for exit codes apply. @returns undefined: it is retried
 * @param exitCode of the task's own container; undefined: it did not finish
 * @param failed number of the Job's earlier failed pods
 */
export const afterFailure = (
  { metadata, spec }: Job,
  { exitCode, failed }: { readonly exitCode: number | undefined; readonly failed: number },
): Reason | undefined => {
  const index = spec?.podFailurePolicy?.rules.findIndex(({ onExitCodes: on }) => {
    if (!on || exitCode === undefined || exitCode === 0) return false;
    return on.values.includes(exitCode) === (on.operator === "In");
  });
  if (index !== undefined && spec?.podFailurePolicy?.rules[index]?.action === "FailJob") {
    const said = `Container ${metadata?.name} failed with exit code ${exitCode} matching FailJob rule at index ${index}`;
    return { reason: "PodFailurePolicy", message: said };
  }
  return failed >= (spec?.backoffLimit ?? 6) ? noTryLeft : undefined;
};
