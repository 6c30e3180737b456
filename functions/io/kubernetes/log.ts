// Reads a container's output: its first bytes and its last ones, holding no more than that at any time.
import { StringDecoder } from "node:string_decoder";
import { IoError } from "../io-error.ts";
import type { KubernetesApi } from "./api.ts";
import type { Log } from "./ports.ts";

export interface LogLimit {
  readonly container: string;
  readonly headBytes: number;
  readonly tailBytes: number;
}

/**
 * The container runtime keeps lines of at most 16 KiB (CRI logging; longer ones are split): so many of them are asked for
 * that they fill the tail when they are short, and are never more than a few MiB when they are long.
 */
const tailLinesOf = (bytes: number): number => Math.min(400, Math.ceil(bytes / 40));

/** @throws IoError; a pod or container without output gives an empty log */
export const readLog = async (api: KubernetesApi, path: string, limit: LogLimit): Promise<Log> => {
  const first = await read(api, path, { ...limit, query: { limitBytes: String(limit.headBytes + limit.tailBytes) } });
  const whole = first.head.length + first.tail.length < limit.headBytes + limit.tailBytes;
  if (whole) return toLog(first, 0);
  const last = await read(api, path, { ...limit, query: { tailLines: String(tailLinesOf(limit.tailBytes)) } });
  return toLog({ head: first.head, tail: last.tail.length > 0 ? last.tail : last.head }, undefined);
};

interface Ends {
  readonly head: Buffer;
  readonly tail: Buffer;
}

const read = async (
  api: KubernetesApi,
  path: string,
  { container, headBytes, tailBytes, query }: LogLimit & { readonly query: Record<string, string> },
): Promise<Ends> => {
  const answer = await open(api, `${path}?${new URLSearchParams({ container, ...query })}`);
  if (!answer) return { head: Buffer.alloc(0), tail: Buffer.alloc(0) };
  let [head, tail] = [Buffer.alloc(0), Buffer.alloc(0)];
  for await (const chunk of answer) {
    const missing = headBytes - head.length;
    if (missing > 0) head = Buffer.concat([head, chunk.subarray(0, missing)]);
    tail = Buffer.concat([tail, chunk.subarray(Math.max(0, missing))]);
    if (tail.length > tailBytes) tail = Buffer.from(tail.subarray(tail.length - tailBytes));
  }
  return { head, tail };
};

/** A container that never started has no log: the API server answers 400 ("is waiting to start"), or 404 when its pod is gone. */
const open = async (api: KubernetesApi, path: string): Promise<AsyncIterable<Buffer> | undefined> => {
  try {
    return (await api.stream({ method: "GET", path })).chunks;
  } catch (fault) {
    if (fault instanceof IoError && (fault.httpStatus === 400 || fault.httpStatus === 404)) return undefined;
    throw fault;
  }
};

/** Half characters at a cut are left out. */
const toLog = ({ head, tail }: Ends, cutBytes: 0 | undefined): Log => {
  if (cutBytes === 0) return { head: Buffer.concat([head, tail]).toString(), tail: "", cutBytes };
  return { head: new StringDecoder("utf8").write(head), tail: fromFirstCharacter(tail).toString(), cutBytes };
};

/** UTF-8 continuation bytes are 10xxxxxx; a character has at most three of them. */
const fromFirstCharacter = (bytes: Buffer): Buffer => {
  let start = 0;
  while (start < 3 && ((bytes[start] ?? 0) & 0xc0) === 0x80) start += 1;
  return bytes.subarray(start);
};
