// Sends events as Brokers do, over connections that stay open, with as little work of our own as there can be.
import { Agent, type IncomingMessage, request } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import type { EventRequest } from "../../doubles/requests.ts";

/** @returns the status, once the whole answer is there */
export type Post = (event: EventRequest) => Promise<number>;

export const makePost = (url: string, agent: Agent | false = new Agent({ keepAlive: true, maxSockets: 100 })): Post => {
  const { hostname, port } = new URL(url);
  return ({ method, headers, body }) =>
    new Promise((resolve, reject) => {
      const length = { "content-length": Buffer.byteLength(body) };
      const asked = request({ host: hostname, port, method, headers: { ...headers, ...length }, agent });
      asked.once("error", reject);
      asked.once("response", (answer: IncomingMessage) => {
        answer.resume().once("end", () => resolve(answer.statusCode ?? 0));
      });
      asked.end(body);
    });
};

/** @throws Error when it was not taken: nothing of a bench is to fail */
export const deliver = async (post: Post, event: EventRequest): Promise<void> => {
  const status = await post(event);
  if (status !== 204) throw new Error(`an event was answered ${status}`);
};

const mostTries = 12;

/** The same as a Broker: one that there is no time for comes again (eventing: pkg/kncloudevents/retries.go). */
export const deliverAtLast = async (post: Post, event: EventRequest): Promise<void> => {
  for (let tries = 0; tries < mostTries; tries++) {
    const status = await post(event);
    if (status === 204) return;
    if (status !== 503) throw new Error(`an event was answered ${status}`);
    await sleep(200 * 2 ** Math.min(tries, 5));
  }
  throw new Error(`an event was answered 503 ${mostTries} times`);
};
