// Events that NATS brought and that were let go for want of room: until a look has fetched them, later ones must not overtake them.

export interface Backlog {
  /** It was let go. */
  add(event: Dropped): void;
  /** Whether an event of this sequence was let go, and is not fetched yet. */
  has(lane: string): boolean;
  /** Whether NATS brought it: then Keptn hears answers to it, and need not be asked. */
  cameByNats(id: string): boolean;
  /** It was fetched. */
  remove(event: Pick<Dropped, "id">): void;
  isEmpty(): boolean;
  /** What was let go until now is fetched by the look that begins, or over. @returns to be called when it is complete */
  beginLook(): () => void;
}

interface Dropped {
  readonly id: string;
  /** Keptn's context. */
  readonly lane: string;
}

/** Of more than these nothing is remembered: every sequence counts as one of theirs. */
const mostEvents = 20_000;

export const makeBacklog = (): Backlog => {
  /** By id, with the number of the look before which it was let go. */
  const events = new Map<string, { readonly lane: string; readonly look: number }>();
  const lanes = new Map<string, number>();
  let look = 0;
  let forgottenBefore: number | undefined;
  const remove = ({ id }: Pick<Dropped, "id">): void => {
    const lane = events.get(id)?.lane;
    if (lane === undefined) return;
    const left = (lanes.get(lane) ?? 1) - 1;
    events.delete(id);
    if (left > 0) lanes.set(lane, left);
    else lanes.delete(lane);
  };
  return {
    add: ({ id, lane }) => {
      if (events.size >= mostEvents && !events.has(id)) {
        forgottenBefore = look;
        return;
      }
      if (!events.has(id)) lanes.set(lane, (lanes.get(lane) ?? 0) + 1);
      events.set(id, { lane, look });
    },
    has: (lane) => lanes.has(lane) || forgottenBefore !== undefined,
    cameByNats: (id) => events.has(id),
    remove,
    isEmpty: () => events.size === 0 && forgottenBefore === undefined,
    beginLook: () => {
      look += 1;
      const begun = look;
      return () => {
        for (const [id, event] of events) if (event.look < begun) remove({ id });
        if (forgottenBefore !== undefined && forgottenBefore < begun) forgottenBefore = undefined;
      };
    },
  };
};
