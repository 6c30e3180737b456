// What Kubernetes warned of, with its times: an Event repeats itself while what it tells of lasts.

export interface KubernetesWarning {
  readonly reason: string;
  readonly message: string;
  /** The container that it is about, where it is about one (`involvedObject.fieldPath`: `spec.containers{name}`). */
  readonly container?: string;
  /** Epoch milliseconds of its first and its last time; NaN: nobody noted it. */
  readonly firstMs: number;
  readonly lastMs: number;
}

export const renderWarning = ({ reason, message }: KubernetesWarning): string => `${reason}: ${message}`;

export interface Lasting {
  /** Epoch milliseconds. */
  readonly firstMs: number;
  readonly lastMs: number;
}

/** @returns undefined when none of them has a time */
export const spanOf = (warnings: readonly KubernetesWarning[]): Lasting | undefined => {
  const known = warnings.filter(({ firstMs, lastMs }) => Number.isFinite(firstMs) && Number.isFinite(lastMs));
  if (known.length === 0) return undefined;
  return {
    firstMs: Math.min(...known.map(({ firstMs }) => firstMs)),
    lastMs: Math.max(...known.map(({ lastMs }) => lastMs)),
  };
};

/** The kubelet tries a pod that does not start every 10 to 15 s, volumes and images twice as late each time (up to 122 s and 5 min). */
const usualPauseMs = 20_000;

/**
 * Whether what is tried again and again, with longer and longer pauses, still fails: it has passed once it is silent for longer than
 * twice the time for which it has been heard. That is also more than Kubernetes keeps back of Events that repeat themselves: after 25
 * of an object there is one every 5 minutes (client-go: tools/record/events_cache.go).
 */
export const stillFails = ({ firstMs, lastMs }: Lasting, nowMs: number): boolean =>
  nowMs - lastMs <= usualPauseMs + 2 * (lastMs - firstMs);
