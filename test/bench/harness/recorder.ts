// Stands between a function and a server, and notes what the function asks: the calls that whoever does its work has to make.
import { type Agent, request as httpRequest, type IncomingMessage } from "node:http";
import { request as httpsRequest } from "node:https";
import { buffer } from "node:stream/consumers";
import { startServer } from "../../doubles/http-server.ts";

export interface Recorded {
  readonly server: ServerName;
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly begunMs: number;
  readonly endedMs: number;
  /** Of the object in the answer, if there is one. */
  readonly uid?: string;
}

export type ServerName = "kubernetes" | "keptn";

export interface Recorder {
  readonly url: string;
  readonly recorded: Recorded[];
  close(): Promise<void>;
}

export const startRecorder = async (server: ServerName, to: { url: string; agent?: Agent }): Promise<Recorder> => {
  const recorded: Recorded[] = [];
  const listener = await startServer(async (incoming, outgoing) => {
    const begunMs = performance.now();
    const body = await buffer(incoming);
    const answer = await ask(incoming, body, to);
    const content = await buffer(answer);
    const { method = "GET", url: path = "/" } = incoming;
    const uid = uidOf(content);
    const call = { server, method, path, headers: headersOf(incoming), body: body.toString(), begunMs };
    recorded.push({ ...call, endedMs: performance.now(), ...(uid ? { uid } : {}) });
    outgoing.writeHead(answer.statusCode ?? 500, { "content-type": answer.headers["content-type"] ?? "" }).end(content);
  });
  return { url: listener.url, recorded, close: () => listener.close() };
};

const ask = (incoming: IncomingMessage, body: Buffer, to: { url: string; agent?: Agent }): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => {
    const start = to.url.startsWith("https:") ? httpsRequest : httpRequest;
    const { host: _host, connection: _connection, ...headers } = incoming.headers;
    const { method = "GET", url: path = "/" } = incoming;
    const options = { method, headers, ...(to.agent ? { agent: to.agent } : {}) };
    start(new URL(path, to.url), options).once("response", resolve).once("error", reject).end(body);
  });

/** What a client has to say itself. */
const headersOf = ({ headers }: IncomingMessage): Record<string, string> =>
  Object.fromEntries(
    ["accept", "content-type", "x-token"].flatMap((name) => (headers[name] ? [[name, String(headers[name])]] : [])),
  );

const uidOf = (content: Buffer): string | undefined => {
  try {
    return (JSON.parse(content.toString()) as { metadata?: { uid?: string } }).metadata?.uid;
  } catch {
    return undefined; // a log
  }
};
