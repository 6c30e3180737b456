// Keptn's NATS: subscribes as a member of a queue group, and reconnects until it succeeds.
import { setTimeout as sleep } from "node:timers/promises";
import { connect, type Msg, type NatsConnection, type Subscription } from "@nats-io/transport-node";
import { IoError } from "../lib/io-error.ts";
import { retry } from "../lib/retry.ts";

export type Nats = ReturnType<typeof listenToNats>;

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

type Session = ReturnType<typeof makeSession>;

export const listenToNats = (address: NatsAddress, events: NatsEvents) => {
  const end = new AbortController();
  let subjects: readonly string[] = [];
  let session: Session | undefined;
  const run = async (): Promise<void> => {
    while (!end.signal.aborted) {
      session = makeSession(await connectAtLast(address, events, end.signal), address, events);
      const { connection } = session;
      const why = await follow(session, events, subjects).catch((fault: Error) => fault.message);
      session = undefined;
      await connection.close();
      if (end.signal.aborted) return;
      events.onTrouble(why);
      await sleep(pauses.firstPauseMs, undefined, { signal: end.signal });
    }
  };
  void run().catch((fault) => {
    if (!end.signal.aborted) throw fault; // a bug: the process must not continue without a connection
  });
  return {
    /** Replaces the subscribed subjects. If connected, resolves when the server knows them. */
    hear: async (wanted: readonly string[]): Promise<void> => {
      subjects = wanted;
      await session?.subscribe(subjects).catch(() => {}); // the next connection subscribes again
    },
    isConnected: (): boolean => session !== undefined,
    /** Unsubscribes, delivers messages that have arrived, and closes the connection. */
    drain: async (): Promise<void> => {
      end.abort();
      await session?.connection.drain().catch(() => {});
    },
  };
};

/** @returns why the connection ended */
const follow = async (
  { connection, subscribe }: Session,
  events: NatsEvents,
  subjects: readonly string[],
): Promise<string> => {
  await subscribe(subjects);
  events.onConnected();
  for await (const status of connection.status()) if (status.type === "error") events.onTrouble(status.error.message);
  const cause = await connection.closed();
  return cause?.message ?? "the server closed the connection";
};

const makeSession = (connection: NatsConnection, { group }: NatsAddress, { onMessage }: NatsEvents) => {
  const subscribed = new Map<string, Subscription>();
  const callback = (error: Error | null, message: Msg) => (error ? undefined : onMessage(message.string()));
  /** Subscribes to these subjects, and to no others. */
  const subscribe = async (subjects: readonly string[]): Promise<void> => {
    for (const [subject, subscription] of subscribed) {
      if (subjects.includes(subject)) continue;
      subscription.unsubscribe();
      subscribed.delete(subject);
    }
    for (const subject of subjects.filter((one) => !subscribed.has(one))) {
      subscribed.set(subject, connection.subscribe(subject, { queue: group, callback }));
    }
    // If the connection ends first, the flush never resolves.
    await Promise.race([connection.flush(), connection.closed()]);
  };
  return { connection, subscribe };
};

const pauses = { firstPauseMs: 500, longestPauseMs: 10_000 } as const;

/** The client's own reconnection does not support growing pauses, and gives up after two refusals. */
const connectAtLast = ({ url, name }: NatsAddress, { onTrouble }: NatsEvents, signal: AbortSignal) => {
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
