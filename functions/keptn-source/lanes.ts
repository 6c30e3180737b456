// Events on their way to the sink: one after the other within a sequence, sequences side by side, no more of them than there is room for.
import type { Message } from "../io/sink.ts";
import { makePlaces } from "./places.ts";

export interface Parcel {
  readonly id: string;
  readonly type: string;
  readonly project: string;
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

/** `returned`: Keptn's list is its place again. `over`: Keptn waits for it no longer. `kept`: given up, because the program ends. */
export type Carried = "delivered" | "refused" | "returned" | "over" | "kept";

export interface Lanes {
  has(id: string): boolean;
  /** @returns false when there is no room for it now */
  offer(parcel: Parcel): boolean;
  /** After `offer` found no room for a listed one: resolves when one went, and this project has a place. */
  whenRoom(project: string): Promise<void>;
  /** Those that are held, the oldest first. */
  held(): readonly Parcel[];
  /** Nobody waits for it any more: it goes, also when it is just being sent. */
  drop(id: string): void;
  readonly waiting: number;
  /** When the one that waits longest was taken. */
  readonly oldestTakenAtMs: number | undefined;
  /** Resolves when all that was offered is delivered or given up. */
  whenEmpty(): Promise<void>;
}

export interface LanesPorts {
  /** Brings one to the sink. Throws only for a bug. @param dropped it need not be brought any more */
  readonly carry: (parcel: Parcel, dropped: AbortSignal) => Promise<Carried>;
  /** Called for each one that goes, before its place is free. */
  readonly onGone: (parcel: Parcel, how: Carried) => void;
}

/** What is not listed has room of its own: only here is it safe from a sink that is down. */
const rooms = {
  listed: { count: 200, bytes: 8 * 1024 * 1024 },
  unlisted: { count: 200, bytes: 4 * 1024 * 1024 },
} as const;

interface Waiter {
  readonly project: string;
  readonly wake: () => void;
}

export const makeLanes = ({ carry, onGone }: LanesPorts): Lanes => {
  const held = new Map<string, { readonly parcel: Parcel; readonly drop: AbortController }>();
  const tails = new Map<string, Promise<boolean>>();
  const places = { listed: makePlaces(rooms.listed), unlisted: makePlaces(rooms.unlisted) };
  let waiters: readonly Waiter[] = [];
  const placesOf = (listed: boolean) => places[listed ? "listed" : "unlisted"];
  const wakeWhoHasRoom = (): void => {
    const hasRoom = ({ project }: Waiter) => places.listed.has(project, 0);
    const awake = waiters.filter(hasRoom);
    waiters = waiters.filter((waiter) => !hasRoom(waiter));
    for (const { wake } of awake) wake();
  };
  /** @returns whether it went back to Keptn's list: then what follows it in its sequence must not overtake it */
  const follow = async (before: Promise<boolean> | undefined, parcel: Parcel, dropped: AbortSignal) => {
    const mayGo = !((await before) && parcel.listed);
    const how = mayGo ? await carry(parcel, dropped) : "returned";
    onGone(parcel, how);
    held.delete(parcel.id);
    placesOf(parcel.listed).free(parcel.project, parcel.message.body.length);
    wakeWhoHasRoom();
    return how === "returned";
  };
  return {
    has: (id) => held.has(id),
    offer: (parcel) => {
      const { project, listed, lane } = parcel;
      const bytes = parcel.message.body.length;
      if (!placesOf(listed).has(project, bytes)) return false;
      const drop = new AbortController();
      held.set(parcel.id, { parcel, drop });
      placesOf(listed).take(project, bytes);
      const tail = follow(tails.get(lane), parcel, drop.signal).finally(() => {
        if (tails.get(lane) === tail) tails.delete(lane);
      });
      tails.set(lane, tail);
      return true;
    },
    whenRoom: (project) =>
      new Promise((wake) => {
        waiters = [...waiters, { project, wake }];
      }),
    held: () => [...held.values()].map(({ parcel }) => parcel),
    drop: (id) => held.get(id)?.drop.abort(),
    get waiting() {
      return held.size;
    },
    get oldestTakenAtMs() {
      const [oldest] = held.values();
      return oldest?.parcel.takenAtMs;
    },
    whenEmpty: async () => {
      while (tails.size > 0) await Promise.all(tails.values());
    },
  };
};
