// Whether a start-job is still in time to create Jobs.
import { type ChainPorts, nowMs } from "../chain/ports.ts";
import type { KeptnEvent } from "../core/keptn-event.ts";
import { askedWithinSeconds } from "../core/memory.ts";
import { IoError } from "../io/io-error.ts";

export interface Delivery {
  readonly event: KeptnEvent;
  /** When Keptn began to be asked how it stands with its runs. */
  readonly askedAt: Date;
  /** When the sweep's timer was touched for this delivery. */
  readonly touchedAt: Date;
}

/** The least of CREATE_GRACE_SECONDS in any version is 60: a third of it leaves enough for the requests under way. */
const createWithinMs = 20_000;

/** Whether the timer of this touch is certain to outlast a request that begins now. */
export const isSoonAfter = (ports: Pick<ChainPorts, "clock">, touchedAt: Date): boolean =>
  ports.clock.now().getTime() - touchedAt.getTime() < createWithinMs;

/**
 * A sweep may end the timer CREATE_GRACE_SECONDS after it was touched, if there is no run then: Jobs that came later would have none.
 * And what Keptn said long ago need not be so any more: a run that was open then can have ended, and its Jobs be gone.
 * @throws IoError, retryable, when it is too late
 */
export const beInTime = (ports: ChainPorts, { askedAt, touchedAt, event }: Delivery): void => {
  const late = (since: Date, mostMs: number, what: string): void => {
    const lateMs = nowMs(ports) - since.getTime();
    if (lateMs < mostMs) return;
    throw new IoError(`event ${event.id}: ${lateMs} ms after ${what} is too late to create its Jobs`, {
      retryable: true,
    });
  };
  late(touchedAt, createWithinMs, "the timer");
  late(askedAt, askedWithinSeconds * 1000, "Keptn was asked");
};
