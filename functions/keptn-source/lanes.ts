// Events on their way to the sink: one after the other within a sequence, sequences side by side, no more of them than there is room for.
import type { Message } from "../io/sink.ts";

export interface Parcel {
  readonly id: string;
  /** Keptn's context: what one sequence is about. */
  readonly lane: string;
  /** Keptn lists the event as long as it waits for its answers: if there is no room for it now, it can be had later. */
  readonly listed: boolean;
  readonly message: Message;
  /** When the event happened, and when we took it. */
  readonly at: Date;
  readonly takenAtMs: number;
  /** Fields by which every line about it can be found. */
  readonly about: Readonly<Record<string, string>>;
}

export interface Lanes {
  has(id: string): boolean;
  /** @returns false when there is no room for it now */
  offer(parcel: Parcel): boolean;
  /** For whoever was told that there is no room: resolves as soon as one of this kind has gone. */
  whenOneGoes(listed: boolean): Promise<void>;
  readonly waiting: number;
  /** When the one that waits longest was taken. */
  readonly oldestTakenAtMs: number | undefined;
  /** Resolves when all that was offered is delivered or given up. */
  whenEmpty(): Promise<void>;
}

interface Room {
  readonly count: number;
  readonly bytes: number;
}

/** What is not listed has room of its own: only here is it safe from a sink that is down. */
const rooms: { readonly [kind in "listed" | "unlisted"]: Room } = {
  listed: { count: 200, bytes: 8 * 1024 * 1024 },
  unlisted: { count: 100, bytes: 4 * 1024 * 1024 },
};

/** @param carry delivers one; resolves also when it gave up, and throws only for a bug */
export const makeLanes = (carry: (parcel: Parcel) => Promise<void>): Lanes => {
  const held = new Map<string, Parcel>();
  const tails = new Map<string, Promise<void>>();
  const used = { listed: { count: 0, bytes: 0 }, unlisted: { count: 0, bytes: 0 } };
  const waiters = { listed: [] as (() => void)[], unlisted: [] as (() => void)[] };

  const hasRoom = (listed: boolean, bytes: number): boolean => {
    const [taken, room] = [used[kindOf(listed)], rooms[kindOf(listed)]];
    return taken.count === 0 || (taken.count < room.count && taken.bytes + bytes <= room.bytes);
  };
  const note = ({ listed, message }: Parcel, sign: 1 | -1): void => {
    used[kindOf(listed)].count += sign;
    used[kindOf(listed)].bytes += sign * message.body.length;
  };
  const release = (parcel: Parcel): void => {
    held.delete(parcel.id);
    note(parcel, -1);
    for (const wake of waiters[kindOf(parcel.listed)].splice(0)) wake();
  };
  const follow = async (before: Promise<void> | undefined, parcel: Parcel): Promise<void> => {
    await before;
    await carry(parcel);
    release(parcel);
  };
  return {
    has: (id) => held.has(id),
    offer: (parcel) => {
      if (!hasRoom(parcel.listed, parcel.message.body.length)) return false;
      held.set(parcel.id, parcel);
      note(parcel, 1);
      const tail = follow(tails.get(parcel.lane), parcel).then(() => {
        if (tails.get(parcel.lane) === tail) tails.delete(parcel.lane);
      });
      tails.set(parcel.lane, tail);
      return true;
    },
    whenOneGoes: (listed) => new Promise((wake) => waiters[kindOf(listed)].push(wake)),
    get waiting() {
      return held.size;
    },
    get oldestTakenAtMs() {
      const [oldest] = held.values();
      return oldest?.takenAtMs;
    },
    whenEmpty: async () => {
      while (tails.size > 0) await Promise.all(tails.values());
    },
  };
};

const kindOf = (listed: boolean): "listed" | "unlisted" => (listed ? "listed" : "unlisted");
