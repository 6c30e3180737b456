// Sequences of which events were let go for want of room: until a look has fetched those, later ones must not overtake them.

export interface Backlog {
  /** An event of this sequence was let go. */
  add(lane: string): void;
  has(lane: string): boolean;
  isEmpty(): boolean;
  /** What was let go until now is fetched by the look that begins. @returns to be called when it is complete */
  beginLook(): () => void;
}

/** More than these, and every sequence counts as one of them. */
const mostLanes = 20_000;

export const makeBacklog = (): Backlog => {
  /** Let go before the look that is under way or comes next, and since that one began. */
  let [before, since] = [new Set<string>(), new Set<string>()];
  const add = (lane: string): void => {
    if (since.size < mostLanes) since.add(lane);
  };
  return {
    add,
    has: (lane) => before.has(lane) || since.has(lane) || before.size >= mostLanes || since.size >= mostLanes,
    isEmpty: () => before.size === 0 && since.size === 0,
    beginLook: () => {
      for (const lane of since) before.add(lane);
      since = new Set();
      return () => {
        before = new Set();
      };
    },
  };
};
