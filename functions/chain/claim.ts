// Takes a run for one process while it sends something that must not be sent twice.
import { annotation, type Claim } from "../core/marks.ts";
import type { RunState } from "../core/run-state.ts";
import { type ChainPorts, refOf } from "./ports.ts";

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

/** @returns undefined when somebody else was faster, or the run went on meanwhile */
export const claim = async (ports: ChainPorts, run: RunState, me: string): Promise<Hold | undefined> => {
  const write = async (expected: string, text: string): Promise<boolean> => {
    const marks = { [annotation.announced]: run.marks.announced ?? "", [annotation.reported]: "" };
    const change = {
      expect: { annotations: { ...marks, [annotation.claim]: expected } },
      annotations: { [annotation.claim]: text },
    };
    return (await ports.jobs.patch(refOf(run.lead), change)) === "done";
  };
  let held = claimBy(ports, me);
  const before = run.lead.metadata?.annotations?.[annotation.claim] ?? "";
  if (!(await write(before, textOf(held)))) return undefined;
  return {
    text: () => textOf(held),
    keep: async () => {
      const ageMs = ports.clock.now().getTime() - Date.parse(held.at);
      if (ageMs < (ports.settings.CLAIM_LEASE_SECONDS * 1000) / 3) return true;
      const renewed = claimBy(ports, me);
      if (!(await write(textOf(held), textOf(renewed)))) return false;
      held = renewed;
      return true;
    },
    giveBack: async () => {
      await write(textOf(held), "");
    },
  };
};

const claimBy = (ports: ChainPorts, me: string): Claim => ({ by: me, at: ports.clock.now().toISOString() });

const textOf = (held: Claim): string => JSON.stringify(held);
