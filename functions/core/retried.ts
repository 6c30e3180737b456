// Whether Kubernetes may give a Job more than one pod: its task has `retries`.
import type { Job } from "./kubernetes.ts";

/** With several pods the last one says what the task came to. */
export const isRetried = ({ spec }: Pick<Job, "spec">): boolean =>
  (spec?.backoffLimit ?? 0) > 0 || (spec?.podFailurePolicy?.rules.some(({ action }) => action === "Ignore") ?? false);
