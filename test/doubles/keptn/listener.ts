// Turns HTTP requests into calls of the gateway, and lets the test's faults have their way with the answers.
import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import { buffer } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import type { Fault, Faults } from "./faults.ts";
import { type Backend, serve } from "./gateway.ts";
import type { Asked, Reply } from "./reply.ts";

interface Behind {
  readonly backend: Backend;
  readonly faults: Faults;
  readonly calls: string[];
  readonly underWay: { calls: number };
}

export const makeListener =
  ({ backend, faults, calls, underWay }: Behind): RequestListener =>
  async (incoming, outgoing) => {
    underWay.calls++;
    outgoing.once("close", () => underWay.calls--);
    const body = await buffer(incoming).catch(() => undefined);
    if (!body) return; // the client went away
    const call = `${incoming.method} ${(incoming.url ?? "").replace(/^\/api\//, "")}`;
    calls.push(call);
    const fault = faults.take(call);
    const carriedOut = !fault || fault.afterEffect || isDelay(fault);
    const reply = carriedOut ? serve(askedOf(incoming, body), backend) : undefined;
    await (fault ? spoil(fault, outgoing, reply) : answer(outgoing, reply));
  };

/** nginx takes one level of escaping away before it hands a path on. */
const askedOf = (incoming: IncomingMessage, body: Buffer): Asked => {
  const [rawPath = "", query = ""] = (incoming.url ?? "").split("?");
  const path = decodeURIComponent(rawPath)
    .replace(/^\/api\//, "")
    .split("/");
  const headers = incoming.headers as Asked["headers"];
  return { method: incoming.method ?? "GET", path, query: new URLSearchParams(query), headers, body };
};

const answer = (outgoing: ServerResponse, reply: Reply | undefined): void => {
  if (!reply) return;
  outgoing.writeHead(reply.status, { "content-type": reply.type, ...reply.headers }).end(reply.body);
};

const isDelay = ({ kind }: Fault): boolean => typeof kind === "object" && "delayMs" in kind;

const spoil = async ({ kind }: Fault, outgoing: ServerResponse, reply: Reply | undefined): Promise<void> => {
  if (kind === "hang") return;
  if (kind === "reset") {
    outgoing.socket?.destroy();
    return;
  }
  if (kind === "trickle") {
    outgoing.writeHead(200, { "content-type": "application/json" });
    const timer = setInterval(() => outgoing.write(" "), 20);
    outgoing.once("close", () => clearInterval(timer));
    return;
  }
  if ("delayMs" in kind) {
    await sleep(kind.delayMs);
    answer(outgoing, reply);
    return;
  }
  answer(outgoing, { status: 200, type: "application/json", body: "", ...kind });
};
