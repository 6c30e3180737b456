// Leases a run to one delivery while it sends an event that must not be sent twice.
import { annotation, type End, type Lease } from "../core/annotations/annotations.ts";
import { refOf } from "../core/object-meta.ts";
import type { RunState } from "../core/run/run-state.ts";
import type { ReconcilePorts } from "./ports.ts";

/** A held lease. Its text stays in an annotation of the run's first Job until the step is done, and guards that step. */
export interface HeldLease {
  /** The current text of the annotation. */
  record(): string;
  /**
   * Call it before sending: it renews an aging lease, so that the send ends before the lease does.
   * @returns false when another delivery took the lease: nothing may be sent
   */
  renewIfStale(): Promise<boolean>;
  /** The next delivery then need not wait for the lease to expire. */
  release(): Promise<void>;
}

export interface LeaseRequest {
  readonly holderIdentity: string;
  /** How the run ended. It is noted with the lease, so that a successor reports the same. */
  readonly end?: End;
}

/** @returns undefined when another delivery was faster, or the run has advanced */
export const acquireLease = async (
  ports: ReconcilePorts,
  run: RunState,
  { holderIdentity, end }: LeaseRequest,
): Promise<HeldLease | undefined> => {
  const write = async (expected: string, text: string): Promise<boolean> => {
    const marks = { [annotation.announced]: run.annotations.announced ?? "", [annotation.reported]: "" };
    const change = {
      expect: { annotations: { ...marks, [annotation.claim]: expected } },
      annotations: { [annotation.claim]: text, ...(end ? { [annotation.end]: JSON.stringify(end) } : {}) },
    };
    return (await ports.jobs.patch(refOf(run.lead), change)) === "done";
  };
  const leaseSeconds = ports.settings.CLAIM_LEASE_SECONDS;
  let held = newLease(ports, holderIdentity);
  const before = run.lead.metadata?.annotations?.[annotation.claim] ?? "";
  if (!(await write(before, renderLease(held)))) return undefined;
  return {
    record: () => renderLease(held),
    renewIfStale: async () => {
      // The renewal itself can take long: the age of the lease on its return counts.
      while (ports.clock.now().getTime() - Date.parse(held.renewTime) >= (leaseSeconds * 1000) / 3) {
        const renewed = newLease(ports, holderIdentity);
        if (!(await write(renderLease(held), renderLease(renewed)))) return false;
        held = renewed;
      }
      return true;
    },
    release: async () => {
      await write(renderLease(held), "");
    },
  };
};

const newLease = ({ clock, settings }: ReconcilePorts, holderIdentity: string): Lease => ({
  holderIdentity,
  renewTime: clock.now().toISOString(),
  leaseSeconds: settings.CLAIM_LEASE_SECONDS,
});

/** In the words of the annotation, which versions before this one read as well. */
const renderLease = ({ holderIdentity: by, renewTime: at, leaseSeconds }: Lease): string =>
  JSON.stringify({ by, at, leaseSeconds });
