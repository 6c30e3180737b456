// A sink for events: keeps what arrived, and answers as the test says.
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { type LocalServer, startServer } from "./http-server.ts";

export interface ArrivedEvent {
  readonly id: string;
  readonly type: string;
  readonly context: string;
  readonly project: string;
  readonly data: Record<string, unknown>;
  readonly status: number;
}

export interface EventSink {
  readonly url: string;
  /** Every delivery, in the order in which it was answered. */
  readonly arrived: readonly ArrivedEvent[];
  /** Ids of those that were answered 2xx, in that order, each once. */
  taken(): string[];
  /** From now on; a status, or what decides about it. */
  answer(how: Answering): void;
  /** As a sink that is gone, until `back`: each connection is cut. Its port stays its own, or the server of another test could get it. */
  goAway(): void;
  back(): void;
  close(): Promise<void>;
}

export type Answering = number | ((event: Omit<ArrivedEvent, "status">) => number | Promise<number>);

/** @param onTaken called before the answer goes out */
export const startEventSink = async (onTaken: (event: ArrivedEvent) => unknown = () => {}): Promise<EventSink> => {
  const arrived: ArrivedEvent[] = [];
  let answering: Answering = 202;
  let isAway = false;
  const local: LocalServer = await startServer(async (incoming, outgoing) => {
    const body = await text(incoming).catch(() => undefined);
    if (body === undefined) return;
    const data = JSON.parse(body) as Record<string, unknown>;
    const header = (name: string) => String(incoming.headers[`ce-${name}`]);
    const event = { id: header("id"), type: header("type"), context: header("shkeptncontext"), data };
    const whole = { ...event, project: String(data["project"]) };
    const status = typeof answering === "number" ? answering : await answering(whole);
    const answered = { ...whole, status };
    arrived.push(answered);
    if (status < 300) await onTaken(answered);
    outgoing.writeHead(status).end();
  });
  const { server, url } = local;
  server.on("connection", (socket) => {
    if (isAway) socket.destroy();
  });
  return {
    url,
    arrived,
    taken: () => [...new Set(arrived.filter(({ status }) => status < 300).map(({ id }) => id))],
    answer: (how) => {
      answering = how;
    },
    goAway: () => {
      isAway = true;
      server.closeAllConnections();
    },
    back: () => {
      isAway = false;
    },
    close: local.close,
  };
};

/** Waits for something that is sure to come: the deadline only ends a test that has failed. */
export const until = async (what: string, holds: () => boolean | Promise<boolean>, seconds = 120): Promise<void> => {
  const deadline = Date.now() + seconds * 1000;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`not within ${seconds} s: ${what}`);
    await sleep(10);
  }
};
