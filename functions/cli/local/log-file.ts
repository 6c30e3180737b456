// The output of one container, stored in a file of any size.
import { closeSync, openSync, writeSync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import type { LogText } from "../../lib/core/text/log-text.ts";

interface Limit {
  readonly headBytes: number;
  readonly tailBytes: number;
}

export interface LogFile {
  append(bytes: Uint8Array): void;
  read(limit: Limit): Promise<LogText>;
  close(): void;
}

export const openLogFile = (path: string): LogFile => {
  const file = openSync(path, "w");
  let size = 0;
  let isOpen = true;
  return {
    append: (bytes) => {
      if (!isOpen) return;
      size += bytes.length;
      for (let done = 0; done < bytes.length; ) done += writeSync(file, bytes, done);
    },
    read: (limit) => readEnds(path, size, limit),
    close: () => {
      if (isOpen) closeSync(file);
      isOpen = false;
    },
  };
};

const readEnds = async (path: string, size: number, { headBytes, tailBytes }: Limit): Promise<LogText> => {
  const file = await open(path);
  try {
    const cutBytes = size - headBytes - tailBytes;
    if (cutBytes <= 0) return { head: decode(await readAt(file, 0, size)), tail: "", cutBytes: 0 };
    const head = await readAt(file, 0, headBytes);
    const tail = await readAt(file, size - tailBytes, tailBytes);
    return { head: decode(head), tail: decode(tail), cutBytes };
  } finally {
    await file.close();
  }
};

const readAt = async (file: FileHandle, position: number, length: number): Promise<Uint8Array> => {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, position);
  return buffer.subarray(0, bytesRead);
};

/** Removes partial characters at both ends. */
const decode = (bytes: Uint8Array): string => {
  let start = 0;
  while (start < Math.min(3, bytes.length) && (bytes[start]! & 0xc0) === 0x80) start++;
  return new TextDecoder().decode(bytes.subarray(start), { stream: true });
};
