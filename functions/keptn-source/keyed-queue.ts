// The queue of events for the sink: in order within a sequence, sequences in parallel, limited in number and size.
import { makeQueueLimit } from "./queue-limit.ts";
import type { Message } from "./sink.ts";

export interface QueuedEvent {
  readonly id: string;
  readonly type: string;
  readonly project: string;
  /** Keptn's context, which identifies a sequence. */
  readonly key: string;
  /** Keptn lists the event while it waits for answers: if there is no room now, it can be fetched later. */
  readonly listed: boolean;
  readonly message: Message;
  /** When the event happened, and when we accepted it. */
  readonly at: Date;
  readonly takenAtMs: number;
  /** Log fields that identify it. */
  readonly about: Readonly<Record<string, string>>;
}

/** `returned`: left to Keptn's list. `over`: Keptn no longer waits for it. `kept`: given up because the program ends. */
export type DeliveryOutcome = "delivered" | "refused" | "returned" | "over" | "kept";

export interface KeyedQueue {
  has(id: string): boolean;
  /** @returns false when there is no room for it now */
  offer(queued: QueuedEvent): boolean;
  /** After `offer` found no room for a listed event: resolves when an event left and this project has room. */
  whenRoom(project: string): Promise<void>;
  /** Queued events, oldest first. */
  held(): readonly QueuedEvent[];
  /** Removes an event that Keptn no longer waits for, even while it is being sent. */
  drop(id: string): void;
  readonly waiting: number;
  /** When the oldest queued event was accepted. */
  readonly oldestTakenAtMs: number | undefined;
  /** Resolves when all offered events are delivered or given up. */
  whenEmpty(): Promise<void>;
}

export interface KeyedQueuePorts {
  /** Delivers one event to the sink. Throws only for a bug. @param dropped aborts the delivery */
  readonly deliver: (queued: QueuedEvent, dropped: AbortSignal) => Promise<DeliveryOutcome>;
  /** Called for each event that leaves, before its room is free. */
  readonly afterDelivery: (queued: QueuedEvent, how: DeliveryOutcome) => void;
}

/** Unlisted events have their own room: while the sink is down, they exist only here. */
const rooms = {
  listed: { count: 200, bytes: 8 * 1024 * 1024 },
  unlisted: { count: 200, bytes: 4 * 1024 * 1024 },
} as const;

interface Waiter {
  readonly project: string;
  readonly wake: () => void;
}

export const makeKeyedQueue = ({ deliver, afterDelivery }: KeyedQueuePorts): KeyedQueue => {
  const held = new Map<string, { readonly queued: QueuedEvent; readonly drop: AbortController }>();
  const tails = new Map<string, Promise<boolean>>();
  const limits = { listed: makeQueueLimit(rooms.listed), unlisted: makeQueueLimit(rooms.unlisted) };
  let waiters: readonly Waiter[] = [];
  const limitOf = (listed: boolean) => limits[listed ? "listed" : "unlisted"];
  const wakeWhoHasRoom = (): void => {
    const hasRoom = ({ project }: Waiter) => limits.listed.hasRoom(project, 0);
    const awake = waiters.filter(hasRoom);
    waiters = waiters.filter((waiter) => !hasRoom(waiter));
    for (const { wake } of awake) wake();
  };
  /** @returns whether it was returned to Keptn's list: later events of its sequence must not overtake it */
  const follow = async (before: Promise<boolean> | undefined, queued: QueuedEvent, dropped: AbortSignal) => {
    const mayGo = !((await before) && queued.listed);
    const how = mayGo ? await deliver(queued, dropped) : "returned";
    afterDelivery(queued, how);
    held.delete(queued.id);
    limitOf(queued.listed).free(queued.project, queued.message.body.length);
    wakeWhoHasRoom();
    return how === "returned";
  };
  return {
    has: (id) => held.has(id),
    offer: (queued) => {
      const { project, listed, key } = queued;
      const bytes = queued.message.body.length;
      if (!limitOf(listed).hasRoom(project, bytes)) return false;
      const drop = new AbortController();
      held.set(queued.id, { queued, drop });
      limitOf(listed).take(project, bytes);
      const tail = follow(tails.get(key), queued, drop.signal).finally(() => {
        if (tails.get(key) === tail) tails.delete(key);
      });
      tails.set(key, tail);
      return true;
    },
    whenRoom: (project) =>
      new Promise((wake) => {
        waiters = [...waiters, { project, wake }];
      }),
    held: () => [...held.values()].map(({ queued }) => queued),
    drop: (id) => held.get(id)?.drop.abort(),
    get waiting() {
      return held.size;
    },
    get oldestTakenAtMs() {
      const [oldest] = held.values();
      return oldest?.queued.takenAtMs;
    },
    whenEmpty: async () => {
      while (tails.size > 0) await Promise.all(tails.values());
    },
  };
};
