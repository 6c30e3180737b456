// Whether Kubernetes may create more than one pod for a Job, because its task has `retries`.
import type { Job } from "../kubernetes.ts";

/** With several pods, the last one decides. */
export const isRetried = ({ spec }: Pick<Job, "spec">): boolean =>
  (spec?.backoffLimit ?? 0) > 0 || (spec?.podFailurePolicy?.rules.some(({ action }) => action === "Ignore") ?? false);
