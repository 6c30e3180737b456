// The queue of events for the sink: in order within a sequence, sequences in parallel, limited in number and size.
import { makeQueueLimit, queueLimits } from "./queue-limit.ts";
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

export type KeyedQueue = ReturnType<typeof makeKeyedQueue>;

export interface KeyedQueuePorts {
  /** Delivers one event to the sink. Throws only for a bug. @param dropped aborts the delivery */
  readonly deliver: (queued: QueuedEvent, dropped: AbortSignal) => Promise<DeliveryOutcome>;
  /** Called for each event that leaves, before its room is free. */
  readonly afterDelivery: (queued: QueuedEvent, outcome: DeliveryOutcome) => void;
}

interface HeldEvent {
  readonly queued: QueuedEvent;
  readonly drop: AbortController;
  readonly outcome: Promise<DeliveryOutcome>;
}

export const makeKeyedQueue = ({ deliver, afterDelivery }: KeyedQueuePorts) => {
  const held = new Map<string, HeldEvent>();
  const limits = { listed: makeQueueLimit(queueLimits.listed), unlisted: makeQueueLimit(queueLimits.unlisted) };
  const limitOf = ({ listed }: QueuedEvent) => (listed ? limits.listed : limits.unlisted);
  const deliverAfter = async (previous: HeldEvent | undefined, queued: QueuedEvent, dropped: AbortSignal) => {
    const wouldOvertake = (await previous?.outcome) === "returned" && queued.listed;
    const outcome = wouldOvertake ? "returned" : await deliver(queued, dropped);
    afterDelivery(queued, outcome);
    held.delete(queued.id);
    limitOf(queued).free(queued.project, bytesOf(queued));
    return outcome;
  };
  return {
    has: (id: string): boolean => held.has(id),
    /** @returns false when there is no room for it now */
    offer: (queued: QueuedEvent): boolean => {
      if (!limitOf(queued).hasRoom(queued.project, bytesOf(queued))) return false;
      limitOf(queued).take(queued.project, bytesOf(queued));
      const drop = new AbortController();
      const previous = [...held.values()].findLast((one) => one.queued.key === queued.key);
      held.set(queued.id, { queued, drop, outcome: deliverAfter(previous, queued, drop.signal) });
      return true;
    },
    /** After `offer` found no room for a listed event: resolves when an event left and this project has room. */
    whenRoom: limits.listed.whenRoom,
    /** Queued events, oldest first. */
    held: (): QueuedEvent[] => [...held.values()].map(({ queued }) => queued),
    /** Removes an event that Keptn no longer waits for, even while it is being sent. */
    drop: (id: string): void => held.get(id)?.drop.abort(),
    get waiting(): number {
      return held.size;
    },
    /** When the oldest queued event was accepted. */
    get oldestTakenAtMs(): number | undefined {
      return held.values().next().value?.queued.takenAtMs;
    },
    /** Resolves when all offered events are delivered or given up. */
    whenEmpty: (): Promise<void> => waitUntilEmpty(held),
  };
};

const waitUntilEmpty = async (held: ReadonlyMap<string, HeldEvent>): Promise<void> => {
  while (held.size > 0) await Promise.all([...held.values()].map(({ outcome }) => outcome));
};

const bytesOf = ({ message }: QueuedEvent): number => message.body.length;
