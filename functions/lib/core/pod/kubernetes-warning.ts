// Kubernetes' warnings with their times: an Event repeats while its condition lasts.

export interface KubernetesWarning {
  readonly reason: string;
  readonly message: string;
  /** The container that it concerns, if any (`involvedObject.fieldPath`: `spec.containers{name}`). */
  readonly container?: string;
  /** Epoch milliseconds of its first and last time; NaN: unknown. */
  readonly firstMs: number;
  readonly lastMs: number;
}

export const renderWarning = ({ reason, message }: KubernetesWarning): string => `${reason}: ${message}`;

export type Lasting = Pick<KubernetesWarning, "firstMs" | "lastMs">;

/** @returns undefined if none of them has a time */
export const spanOf = (warnings: readonly KubernetesWarning[]): Lasting | undefined => {
  const known = warnings.filter(({ firstMs, lastMs }) => Number.isFinite(firstMs) && Number.isFinite(lastMs));
  if (known.length === 0) return undefined;
  return {
    firstMs: Math.min(...known.map(({ firstMs }) => firstMs)),
    lastMs: Math.max(...known.map(({ lastMs }) => lastMs)),
  };
};

/** The kubelet retries a pod that does not start every 10 to 15 s; for volumes and images the pause doubles (up to 122 s and 5 min). */
const usualPauseMs = 20_000;

/**
 * Whether a retried operation with growing pauses still fails. It counts as passed once it has been silent for more than twice the time
 * that it lasted. That is also longer than Kubernetes suppresses repeated Events: after 25 for an object it sends one every 5 minutes
 * (client-go: tools/record/events_cache.go).
 */
export const stillFails = ({ firstMs, lastMs }: Lasting, nowMs: number): boolean =>
  nowMs - lastMs <= usualPauseMs + 2 * (lastMs - firstMs);
