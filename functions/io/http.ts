// One HTTP request: bounded in time and size, following no redirect, and saying of each failure whether it may have taken effect.
import {
  type Agent,
  type ClientRequest,
  request as httpRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
} from "node:http";
import type { Socket } from "node:net";
import { loadHttps } from "./http-agent.ts";
import { type Deadline, makeDeadline } from "./http-deadline.ts";
import { faultOf, redirected, tooLarge } from "./http-fault.ts";
import { IoError } from "./io-error.ts";

export interface HttpRequest {
  /** Keep-alive, TLS and proxies are the agent's. */
  readonly agent?: Agent;
  readonly method: string;
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
  /** From the start to the last byte of the answer; with 0 nothing is sent. */
  readonly timeoutMs: number;
  /** The longest silence of the server. Without it, `timeoutMs` alone ends the wait. */
  readonly silenceMs?: number;
  /** Of the answer's body. */
  readonly maxBytes: number;
  readonly signal?: AbortSignal;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface HttpStream {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** Must be read or left with `break`: that frees the connection. @throws IoError while it is read */
  readonly chunks: AsyncIterable<Buffer>;
}

/**
 * Answers of every status are returned, redirects excepted.
 * @throws IoError, retryable unless the answer was too large; `maybeDone` when the server may have acted on it
 */
export const request = async (wanted: HttpRequest): Promise<HttpAnswer> => {
  const { status, answer, explain } = await begin(wanted);
  return { status, headers: answer.headers, body: await bodyOf(answer, wanted, explain) };
};

/** By events: an iterator over the chunks of a short answer costs more than the chunks do. */
const bodyOf = (answer: IncomingMessage, wanted: HttpRequest, explain: Explain): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    const parts: Buffer[] = [];
    let bytes = 0;
    answer.on("data", (chunk: Buffer) => {
      bytes += chunk.length;
      parts.push(chunk);
      if (bytes > wanted.maxBytes) answer.destroy(tooLarge(wanted));
    });
    answer.once("end", () => resolve(parts.length === 1 ? parts[0]! : Buffer.concat(parts)));
    answer.once("error", (cause) => reject(cause instanceof IoError ? cause : explain(cause)));
    answer.once("close", () => {
      if (!answer.readableEnded) reject(explain(new Error("it broke off"))); // where neither of them came
    });
  });

/** @param enoughBytes after which the rest is left unread */
export const readAll = async (
  chunks: AsyncIterable<Buffer>,
  enoughBytes = Number.POSITIVE_INFINITY,
): Promise<Buffer> => {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of chunks) {
    parts.push(chunk);
    bytes += chunk.length;
    if (bytes >= enoughBytes) break;
  }
  return Buffer.concat(parts);
};

/** Seconds until the server wants to be asked again (RFC 9110, section 10.2.3). */
export const retryAfterOf = (headers: IncomingHttpHeaders): number | undefined => {
  const value = headers["retry-after"];
  if (!value) return undefined;
  const seconds = /^\d+$/.test(value) ? Number(value) : (Date.parse(value) - Date.now()) / 1000;
  return Number.isFinite(seconds) && seconds > 0 ? seconds : undefined;
};

/** The same with the body as it comes: for pod logs. @throws IoError as {@link request} */
export const stream = async (wanted: HttpRequest): Promise<HttpStream> => {
  const { status, answer, explain } = await begin(wanted);
  return { status, headers: answer.headers, chunks: chunksOf(answer, wanted, explain) };
};

type Explain = (cause: unknown) => IoError;

interface Begun {
  readonly status: number;
  readonly answer: IncomingMessage;
  /** What a failure from here on means. */
  readonly explain: Explain;
}

const begin = async (wanted: HttpRequest): Promise<Begun> => {
  const deadline = makeDeadline(wanted);
  const sent = { yes: false };
  const explain: Explain = (cause) => faultOf(wanted, { cause, timedOut: deadline.isPast(), sent: sent.yes });
  const answer = await open({ wanted, deadline, sent }).catch((cause) => {
    deadline.forget();
    throw explain(cause);
  });
  answer.once("close", deadline.forget);
  const status = answer.statusCode ?? 0;
  if (status >= 300 && status < 400 && status !== 304) {
    answer.destroy();
    throw redirected(wanted, answer);
  }
  return { status, answer, explain };
};

interface Opening {
  readonly wanted: HttpRequest;
  readonly deadline: Deadline;
  readonly sent: { yes: boolean };
}

const open = ({ wanted, deadline, sent }: Opening): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => {
    const { agent, method, body } = wanted;
    const headers = { ...wanted.headers, ...(body ? { "content-length": String(Buffer.byteLength(body)) } : {}) };
    const start = wanted.url.startsWith("https:") ? loadHttps().request : httpRequest;
    const outgoing = start(wanted.url, { ...(agent ? { agent } : {}), method, headers });
    outgoing.once("socket", (socket: Socket) => noteConnection(socket, sent));
    outgoing.once("response", resolve);
    outgoing.on("error", reject);
    deadline.watch(() => outgoing.destroy(new Error("given up")));
    if (wanted.silenceMs !== undefined) endSilence(outgoing, wanted.silenceMs);
    outgoing.end(body);
  });

const endSilence = (outgoing: ClientRequest, silenceMs: number): void => {
  outgoing.setTimeout(silenceMs, () => outgoing.destroy(new Error(`nothing was heard for ${silenceMs} ms`)));
};

/** Nothing leaves before the connection stands, TLS included. A socket out of the pool or a proxy's tunnel stands already. */
const noteConnection = (socket: Socket, sent: { yes: boolean }): void => {
  const ready = "encrypted" in socket ? "secureConnect" : "connect";
  if (!socket.connecting) sent.yes = true;
  else
    socket.once(ready, () => {
      sent.yes = true;
    });
};

async function* chunksOf(answer: IncomingMessage, wanted: HttpRequest, explain: Explain) {
  let bytes = 0;
  try {
    for await (const chunk of answer as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > wanted.maxBytes) throw tooLarge(wanted);
      yield chunk;
    }
  } catch (cause) {
    throw cause instanceof IoError ? cause : explain(cause);
  }
}
