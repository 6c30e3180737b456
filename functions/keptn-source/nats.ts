// Keptn's NATS: subscribes as a member of a queue group, and reconnects until it succeeds.
import { setTimeout as sleep } from "node:timers/promises";
import { connect, type Msg, type NatsConnection, type Subscription } from "@nats-io/transport-node";
import { IoError } from "../lib/io-error.ts";
import { retry } from "../lib/retry.ts";

export interface Nats {
  /** Replaces the subscribed subjects. If connected, resolves when the server knows them. */
  hear(subjects: readonly string[]): Promise<void>;
  isConnected(): boolean;
  /** Unsubscribes, delivers messages that have arrived, and closes the connection. */
  drain(): Promise<void>;
}

export interface NatsEvents {
  /** Called for each message in order. Messages are not buffered: the callback drops those it cannot accept. */
  readonly onMessage: (text: string) => void;
  /** Connected and subscribed. Earlier messages may have been missed. */
  readonly onConnected: () => void;
  /** Also for server errors that do not end the connection. */
  readonly onTrouble: (why: string) => void;
}

interface NatsAddress {
  readonly url: string;
  readonly group: string;
  /** Connection name in the server's tools. */
  readonly name: string;
}

export type ListenToNats = (address: NatsAddress, events: NatsEvents) => Nats;

export const listenToNats: ListenToNats = (address, events) => {
  const end = new AbortController();
  const subscribed = new Map<string, Subscription>();
  let wanted: readonly string[] = [];
  let connection: NatsConnection | undefined;

  const subscribe = async (): Promise<void> => {
    if (!connection) return;
    for (const [subject, subscription] of subscribed) {
      if (wanted.includes(subject)) continue;
      subscription.unsubscribe();
      subscribed.delete(subject);
    }
    for (const subject of wanted.filter((one) => !subscribed.has(one))) {
      const callback = (error: Error | null, message: Msg) => (error ? undefined : events.onMessage(message.string()));
      subscribed.set(subject, connection.subscribe(subject, { queue: address.group, callback }));
    }
    // If the connection ends first, the flush never resolves.
    await Promise.race([connection.flush(), connection.closed()]);
  };
  /** @returns why the connection ended */
  const follow = async (now: NatsConnection): Promise<string> => {
    connection = now;
    subscribed.clear();
    await subscribe();
    events.onConnected();
    for await (const status of now.status()) if (status.type === "error") events.onTrouble(status.error.message);
    const cause = await now.closed();
    return cause?.message ?? "the server closed the connection";
  };
  const run = async (): Promise<void> => {
    while (!end.signal.aborted) {
      const now = await connectAtLast(address, events, end.signal);
      const why = await follow(now).catch((fault: Error) => fault.message);
      connection = undefined;
      await now.close();
      if (end.signal.aborted) return;
      events.onTrouble(why);
      await sleep(pauses.firstPauseMs, undefined, { signal: end.signal });
    }
  };
  void run().catch((fault) => {
    if (!end.signal.aborted) throw fault; // a bug: the process must not continue without a connection
  });
  return {
    hear: async (subjects) => {
      wanted = subjects;
      await subscribe().catch(() => {}); // the next connection subscribes again
    },
    isConnected: () => connection !== undefined,
    drain: async () => {
      end.abort();
      await connection?.drain().catch(() => {});
    },
  };
};

const pauses = { firstPauseMs: 500, longestPauseMs: 10_000 } as const;

/** The client's own reconnection does not support growing pauses, and gives up after two refusals. */
const connectAtLast = (
  { url, name }: NatsAddress,
  { onTrouble }: NatsEvents,
  signal: AbortSignal,
): Promise<NatsConnection> => {
  const options = { servers: url, name, reconnect: false, timeout: 5_000, pingInterval: 20_000, maxPingOut: 2 };
  const attempt = () =>
    connect(options).catch((cause) => {
      throw new IoError(`cannot connect to ${url}: ${cause?.message ?? cause}`, { retryable: true, cause });
    });
  const mayRepeat = ({ message }: IoError, attemptNumber: number): boolean => {
    if (attemptNumber === 1) onTrouble(message);
    return true;
  };
  return retry(attempt, { ...pauses, signal, mayRepeat });
};
