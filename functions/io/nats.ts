// Keptn's NATS: subscribed as one of a queue group, connected again for as long as it takes.
import { setTimeout as sleep } from "node:timers/promises";
import { connect, type Msg, type NatsConnection, type Subscription } from "@nats-io/transport-node";
import { IoError } from "./io-error.ts";
import { retry } from "./retry.ts";

export interface Nats {
  /** From now on these subjects, and no others. Resolves when the server knows, if there is a connection. */
  hear(subjects: readonly string[]): Promise<void>;
  isConnected(): boolean;
  /** Lets the server send no more, hands over what has arrived, and ends. */
  drain(): Promise<void>;
}

export interface NatsEvents {
  /** One message after the other, as they come: whoever cannot take one lets it go, nothing waits in memory. */
  readonly onMessage: (text: string) => void;
  /** Connected and subscribed. What was published before may have been missed. */
  readonly onConnected: () => void;
  /** Also for what a server says without ending the connection. */
  readonly onTrouble: (why: string) => void;
}

interface NatsAddress {
  readonly url: string;
  readonly group: string;
  /** How the server's own tools show us. */
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
    // A flush that the connection's end overtakes is never answered.
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
    if (!end.signal.aborted) throw fault; // a bug: the process must not go on deaf
  });
  return {
    hear: async (subjects) => {
      wanted = subjects;
      await subscribe().catch(() => {}); // the next connection subscribes
    },
    isConnected: () => connection !== undefined,
    drain: async () => {
      end.abort();
      await connection?.drain().catch(() => {});
    },
  };
};

const pauses = { firstPauseMs: 500, longestPauseMs: 10_000 } as const;

/** The client's own reconnection knows no growing pauses, and gives up on a server that refuses it twice. */
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
