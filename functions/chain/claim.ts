// Takes a run for one process while it sends something that must not be sent twice.
import { annotation, type Claim, type End } from "../core/marks.ts";
import { refOf } from "../core/object-meta.ts";
import type { RunState } from "../core/run-state.ts";
import type { ChainPorts } from "./ports.ts";

/** A claim that is held: its text stands on the run's first Job until the step is done, and guards that step. */
export interface Hold {
  /** What the claim's annotation says now. */
  text(): string;
  /**
   * Asked before anything is sent: renews a claim that has aged, so that what is sent is through before its lease ends.
   * @returns false when the claim was lost to somebody else: nothing may be sent
   */
  keep(): Promise<boolean>;
  /** So that the next delivery need not wait for the lease. */
  giveBack(): Promise<void>;
}

export interface Claiming {
  readonly me: string;
  /** How the run ended: noted with a claim to report it, so that whoever takes over tells the same. */
  readonly end?: End;
}

/** @returns undefined when somebody else was faster, or the run went on meanwhile */
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
      // The renewal itself can take long: what counts is how old the claim is when it returns.
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
