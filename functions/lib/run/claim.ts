// Leases a run to one delivery while it sends an event that must not be sent twice.
import { annotation, type Claim, type End } from "../core/annotations/marks.ts";
import { refOf } from "../core/object-meta.ts";
import type { RunState } from "../core/run/run-state.ts";
import type { ChainPorts } from "./ports.ts";

/** A held lease. Its text stays in an annotation of the run's first Job until the step is done, and guards that step. */
export interface Hold {
  /** The current text of the annotation. */
  text(): string;
  /**
   * Call it before sending: it renews an aging lease, so that the send ends before the lease does.
   * @returns false when another delivery took the lease: nothing may be sent
   */
  keep(): Promise<boolean>;
  /** The next delivery then need not wait for the lease to expire. */
  giveBack(): Promise<void>;
}

export interface Claiming {
  readonly me: string;
  /** How the run ended. It is noted with the lease, so that a successor reports the same. */
  readonly end?: End;
}

/** @returns undefined when another delivery was faster, or the run has advanced */
export const claim = async (ports: ChainPorts, run: RunState, { me, end }: Claiming): Promise<Hold | undefined> => {
  const write = async (expected: string, text: string): Promise<boolean> => {
    const marks = { [annotation.announced]: run.marks.announced ?? "", [annotation.reported]: "" };
    const change = {
      expect: { annotations: { ...marks, [annotation.claim]: expected } },
      annotations: { [annotation.claim]: text, ...(end ? { [annotation.end]: JSON.stringify(end) } : {}) },
    };
    return (await ports.jobs.patch(refOf(run.lead), change)) === "done";
  };
  const leaseSeconds = ports.settings.CLAIM_LEASE_SECONDS;
  let held = claimBy(ports, me);
  const before = run.lead.metadata?.annotations?.[annotation.claim] ?? "";
  if (!(await write(before, textOf(held)))) return undefined;
  return {
    text: () => textOf(held),
    keep: async () => {
      // The renewal itself can take long: the age of the lease on its return counts.
      while (ports.clock.now().getTime() - Date.parse(held.at) >= (leaseSeconds * 1000) / 3) {
        const renewed = claimBy(ports, me);
        if (!(await write(textOf(held), textOf(renewed)))) return false;
        held = renewed;
      }
      return true;
    },
    giveBack: async () => {
      await write(textOf(held), "");
    },
  };
};

const claimBy = ({ clock, settings }: ChainPorts, me: string): Claim => ({
  by: me,
  at: clock.now().toISOString(),
  leaseSeconds: settings.CLAIM_LEASE_SECONDS,
});

const textOf = (held: Claim): string => JSON.stringify(held);
