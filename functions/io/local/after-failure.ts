// What a Job does after a pod of it has failed: as batch/v1 backoffLimit and PodFailurePolicy say.
import type { Job } from "../../core/kubernetes.ts";

/** `undefined`: it is tried again. */
export type Verdict = { readonly reason: string; readonly message: string } | undefined;

export const noTryLeft = { reason: "BackoffLimitExceeded", message: "Job has reached the specified backoff limit" };

/**
 * Nothing takes a pod away here: of the rules only those for exit codes fit.
 * @param exitCode of its own container; undefined: that did not run to an end
 * @param failed pods of the Job that failed before
 */
export const afterFailure = (
  { metadata, spec }: Job,
  { exitCode, failed }: { readonly exitCode: number | undefined; readonly failed: number },
): Verdict => {
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
