// Reads the first and last bytes of a container's output, holding only these in memory.
import { StringDecoder } from "node:string_decoder";
import type { LogText } from "../core/text/log-text.ts";
import { IoError } from "../io-error.ts";
import type { KubernetesApi } from "./api.ts";

export interface LogLimit {
  readonly container: string;
  readonly headBytes: number;
  readonly tailBytes: number;
}

/** @returns an empty log for a pod or container without output @throws IoError */
export const readLog = async (api: KubernetesApi, path: string, limit: LogLimit): Promise<LogText> => {
  const { container, headBytes, tailBytes } = limit;
  const keepBytes = headBytes + tailBytes;
  const first = await read(api, path, { container, keepBytes, query: { limitBytes: String(keepBytes) } });
  if (first.length < keepBytes) return { head: first.toString(), tail: "", cutBytes: 0 };
  const head = new StringDecoder("utf8").write(lastStates(first).subarray(0, headBytes)); // omits a cut character
  const tail = await readTail(api, path, { container, tailBytes, like: first });
  return { head, tail: fromFirstCharacter(tail).toString(), cutBytes: undefined };
};

/** At most a few MiB, because the runtime keeps at most 16 KiB of each line (CRI logging). */
const fewestLines = 400;
const mostTries = 4;

/**
 * The API server counts a tail in lines. The first request assumes lines as long as those at the beginning, further ones ask for more. The
 * kubelet keeps only a few files of 10 MiB (containerLogMaxSize).
 * @param given.like the beginning of the log
 */
const readTail = async (
  api: KubernetesApi,
  path: string,
  { container, tailBytes, like }: { readonly container: string; readonly tailBytes: number; readonly like: Buffer },
): Promise<Buffer> => {
  let lines = clamp(((linesIn(like) + 1) / like.length) * tailBytes * 1.25, fewestLines, tailBytes);
  for (let tries = 1; ; tries++) {
    const tail = await read(api, path, { container, keepBytes: tailBytes, query: { tailLines: String(lines) } });
    if (tail.length >= tailBytes || lines >= tailBytes || tries === mostTries) return tail;
    lines = clamp((lines * tailBytes * 1.25) / Math.max(1, tail.length), lines * 2, tailBytes);
  }
};

const clamp = (value: number, least: number, most: number): number =>
  Math.min(Math.max(Math.ceil(value), least), Math.max(least, most));

const linesIn = (bytes: Buffer): number => {
  let lines = 0;
  for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, at + 1)) lines += 1;
  return lines;
};

/** @returns the last bytes of the response, with only the last state of overwritten lines */
const read = async (
  api: KubernetesApi,
  path: string,
  given: { readonly container: string; readonly keepBytes: number; readonly query: Record<string, string> },
): Promise<Buffer> => {
  const { container, keepBytes, query } = given;
  const response = await open(api, `${path}?${new URLSearchParams({ container, ...query })}`);
  if (!response) return Buffer.alloc(0);
  const isTail = query["tailLines"] !== undefined;
  let kept = Buffer.alloc(0);
  for await (const chunk of response) {
    kept = Buffer.concat([kept, chunk]);
    if (kept.length > 4 * keepBytes) kept = lastOf(isTail ? lastStates(kept) : kept, 2 * keepBytes);
  }
  return lastOf(isTail ? lastStates(kept) : kept, keepBytes);
};

const lastOf = (bytes: Buffer, length: number): Buffer<ArrayBuffer> =>
  Buffer.from(bytes.subarray(Math.max(0, bytes.length - length)));

/** Keeps only the last state of lines that progress bars overwrite with carriage returns. */
const lastStates = (bytes: Buffer): Buffer => {
  if (!bytes.includes(13)) return bytes;
  return Buffer.from(bytes.toString("latin1").split("\n").map(lastState).join("\n"), "latin1");
};

const lastState = (line: string): string => {
  let end = line.length;
  while (end > 0 && line[end - 1] === "\r") end -= 1;
  return end === 0 ? line.slice(0, 1) : line.slice(line.lastIndexOf("\r", end - 1) + 1, end + 1); // the next write may continue the line
};

/** A container that never started has no log: the API server responds with 400 ("is waiting to start"), or 404 if its pod is deleted. */
const open = async (api: KubernetesApi, path: string): Promise<AsyncIterable<Buffer> | undefined> => {
  try {
    return (await api.stream({ method: "GET", path })).chunks;
  } catch (fault) {
    if (fault instanceof IoError && (fault.httpStatus === 400 || fault.httpStatus === 404)) return undefined;
    throw fault;
  }
};

/** UTF-8 continuation bytes are 10xxxxxx; a character has at most three of them. */
const fromFirstCharacter = (bytes: Buffer): Buffer => {
  let start = 0;
  while (start < 3 && ((bytes[start] ?? 0) & 0xc0) === 0x80) start += 1;
  return bytes.subarray(start);
};
