// Whether start-job is still in time to create Jobs.
import type { KeptnEvent } from "../lib/core/event/keptn-event.ts";
import { askedWithinSeconds } from "../lib/core/run/job-ttl.ts";
import { IoError } from "../lib/io-error.ts";
import { nowMs, type ReconcilePorts } from "../lib/run/ports.ts";

export interface Delivery {
  readonly event: KeptnEvent;
  /** When the first request for Keptn's count of the runs began. */
  readonly askedAt: Date;
  /** When this delivery touched the sweep's timer. */
  readonly touchedAt: Date;
}

/** The minimum of CREATE_GRACE_SECONDS is 60 in all versions. A third of it leaves enough time for requests in progress. */
const createWithinMs = 20_000;

/** Whether the touched timer is certain to outlast a request that starts now. */
export const isSoonAfter = (ports: Pick<ReconcilePorts, "clock">, touchedAt: Date): boolean =>
  ports.clock.now().getTime() - touchedAt.getTime() < createWithinMs;

/**
 * If no run is open, a sweep may delete the timer CREATE_GRACE_SECONDS after its last touch. Jobs created later would have no timer.
 * Keptn's count also becomes stale: a run that was open can have ended since, and its Jobs can be gone.
 * @throws IoError, retryable, when it is too late
 */
export const assertInTime = (ports: ReconcilePorts, { askedAt, touchedAt, event }: Delivery): void => {
  const late = (since: Date, mostMs: number, what: string): void => {
    const lateMs = nowMs(ports) - since.getTime();
    if (lateMs < mostMs) return;
    const message = `event ${event.id}: too late to create its Jobs, ${lateMs} ms after ${what}`;
    throw new IoError(message, { retryable: true });
  };
  late(touchedAt, createWithinMs, "the timer was touched");
  late(askedAt, askedWithinSeconds * 1000, "Keptn was asked");
};
