// Faults that a test puts in the way of a call: what is answered instead, and whether the call took effect before.
import type { Reply } from "./reply.ts";

export interface Fault {
  /** Of the calls that fit, e.g. /^POST v1\/event/: method and path below /api, as it was sent, with its query. */
  readonly on: RegExp;
  readonly kind: Kind;
  /** The call is carried out all the same. */
  readonly afterEffect?: boolean;
  /** How many calls it hits; 1 unless said otherwise. */
  readonly times?: number;
}

/** `hang`: no answer. `reset`: the connection is cut. `trickle`: a byte now and then. `delay`: the true answer, but late. */
export type Kind = Partial<Reply> | "hang" | "reset" | "trickle" | { readonly delayMs: number };

export interface Faults {
  add(fault: Fault): void;
  clear(): void;
  /** Takes the first that fits. */
  take(call: string): Fault | undefined;
}

export const makeFaults = (): Faults => {
  let waiting: { fault: Fault; left: number }[] = [];
  return {
    add: (fault) => {
      waiting.push({ fault, left: fault.times ?? 1 });
    },
    clear: () => {
      waiting = [];
    },
    take: (call) => {
      const hit = waiting.find(({ fault, left }) => left > 0 && fault.on.test(call));
      if (hit) hit.left--;
      return hit?.fault;
    },
  };
};
