// Sends what no HTTP client would: any bytes under any headers, with or without their length.
import { request } from "node:http";

export interface HostileRequest {
  readonly method?: string;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly body?: string | Buffer;
  /** Sent in pieces, their sum untold. */
  readonly chunked?: boolean;
}

export interface Sent {
  /** 0: the connection was closed while the request was still being sent, and the answer was lost with it. */
  readonly status: number;
  readonly body: string;
}

/** A server may answer and hang up before it has read everything. */
export const send = (url: string, { method = "POST", headers, body = "", chunked }: HostileRequest): Promise<Sent> =>
  new Promise((resolve, reject) => {
    const bytes = Buffer.from(body as string);
    const length = chunked ? {} : { "content-length": String(bytes.length) };
    const outgoing = request(url, {
      method,
      headers: { ...headers, ...length } as Record<string, string>,
      agent: false,
    });
    outgoing.on("response", (answer) => {
      const parts: Buffer[] = [];
      const end = () => resolve({ status: answer.statusCode ?? 0, body: Buffer.concat(parts).toString() });
      answer.on("data", (part: Buffer) => parts.push(part)).on("close", end);
      answer.on("error", () => {});
    });
    outgoing.on("error", (fault: NodeJS.ErrnoException) => {
      if (fault.code === "EPIPE" || fault.code === "ECONNRESET") resolve({ status: 0, body: "" });
      else reject(fault); // after the answer neither changes anything any more
    });
    if (chunked) {
      const pieceBytes = 64 * 1024;
      for (let at = 0; at < bytes.length; at += pieceBytes) outgoing.write(bytes.subarray(at, at + pieceBytes));
    }
    outgoing.end(chunked ? undefined : bytes);
  });
