// One HTTP request: limited in time and size, without redirects. Errors tell whether the request may have taken effect.
import { request as httpRequest, type IncomingHttpHeaders, type IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import { IoError } from "../io-error.ts";
import { loadHttps } from "./agent.ts";
import { type Deadline, makeDeadline } from "./http-deadline.ts";
import { faultOf, redirected, tooLarge } from "./http-fault.ts";
import type { HttpRequest } from "./http-request.ts";

export interface HttpResponse {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface HttpStream {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** Must be read to the end or left with `break`, to release the connection. @throws IoError while reading */
  readonly chunks: AsyncIterable<Buffer>;
}

/**
 * Returns responses of every status except redirects.
 * @throws IoError, retryable unless the response is too large; `outcomeUnknown` if the server may have acted on it
 */
export const request = async (wanted: HttpRequest): Promise<HttpResponse> => {
  const { status, response, explain } = await startRequest(wanted);
  return { status, headers: response.headers, body: await bodyOf(response, wanted, explain) };
};

/** Uses events, because an async iterator costs more than the chunks of a short response. */
const bodyOf = (response: IncomingMessage, wanted: HttpRequest, explain: Explain): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    const parts: Buffer[] = [];
    let bytes = 0;
    response.on("data", (chunk: Buffer) => {
      bytes += chunk.length;
      parts.push(chunk);
      if (bytes > wanted.maxBytes) response.destroy(tooLarge(wanted));
    });
    response.once("end", () => resolve(parts.length === 1 ? parts[0]! : Buffer.concat(parts)));
    response.once("error", (cause) => reject(cause instanceof IoError ? cause : explain(cause)));
    response.once("close", () => {
      if (!response.readableEnded) reject(explain(new Error("the response ended early"))); // neither `end` nor `error` was emitted
    });
  });

/** @param enoughBytes the rest is not read */
export const readAll = async (
  chunks: AsyncIterable<Uint8Array>,
  enoughBytes = Number.POSITIVE_INFINITY,
): Promise<Buffer> => {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of chunks) {
    parts.push(chunk);
    bytes += chunk.length;
    if (bytes >= enoughBytes) break;
  }
  return Buffer.concat(parts);
};

/** Retry-After in seconds (RFC 9110, section 10.2.3). */
export const retryAfterOf = (headers: IncomingHttpHeaders): number | undefined => {
  const value = headers["retry-after"];
  if (!value) return undefined;
  const seconds = /^\d+$/.test(value) ? Number(value) : (Date.parse(value) - Date.now()) / 1000;
  return Number.isFinite(seconds) && seconds > 0 ? seconds : undefined;
};

/** Like {@link request}, with a streamed body, for pod logs. @throws IoError like {@link request} */
export const stream = async (wanted: HttpRequest): Promise<HttpStream> => {
  const { status, response, explain } = await startRequest(wanted);
  return { status, headers: response.headers, chunks: chunksOf(response, wanted, explain) };
};

type Explain = (cause: unknown) => IoError;

/** @returns also what explains errors from there on */
const startRequest = async (wanted: HttpRequest) => {
  const deadline = makeDeadline(wanted);
  const sent = { yes: false };
  const explain: Explain = (cause) => faultOf(wanted, { cause, timedOut: deadline.isPast(), sent: sent.yes });
  const response = await open(wanted, deadline, sent).catch((cause) => {
    deadline.forget();
    throw explain(cause);
  });
  response.once("close", deadline.forget);
  const status = response.statusCode ?? 0;
  if (status >= 300 && status < 400 && status !== 304) {
    response.destroy();
    throw redirected(wanted, response);
  }
  return { status, response, explain };
};

const open = (wanted: HttpRequest, deadline: Deadline, sent: { yes: boolean }): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => {
    const { agent, method, url, body, silenceMs } = wanted;
    const headers = { ...wanted.headers, ...(body ? { "content-length": String(Buffer.byteLength(body)) } : {}) };
    const start = url.startsWith("https:") ? loadHttps().request : httpRequest;
    const outgoing = start(url, { agent, method, headers });
    outgoing.once("socket", (socket: Socket) => noteConnection(socket, sent));
    outgoing.once("response", resolve);
    outgoing.on("error", reject);
    deadline.watch(() => outgoing.destroy(new Error("canceled")));
    if (silenceMs !== undefined)
      outgoing.setTimeout(silenceMs, () => outgoing.destroy(new Error(`no data for ${silenceMs} ms`)));
    outgoing.end(body);
  });

/** Nothing is sent before the connection is established, including TLS. Pooled sockets and proxy tunnels are already established. */
const noteConnection = (socket: Socket, sent: { yes: boolean }): void => {
  const ready = "encrypted" in socket ? "secureConnect" : "connect";
  if (!socket.connecting) sent.yes = true;
  else
    socket.once(ready, () => {
      sent.yes = true;
    });
};

async function* chunksOf(response: IncomingMessage, wanted: HttpRequest, explain: Explain) {
  let bytes = 0;
  try {
    for await (const chunk of response as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > wanted.maxBytes) throw tooLarge(wanted);
      yield chunk;
    }
  } catch (cause) {
    throw cause instanceof IoError ? cause : explain(cause);
  }
}
