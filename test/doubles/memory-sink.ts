// A sink that keeps files in memory.
import type { FileSink } from "../../functions/lib/files/deliver-files.ts";

export interface MemorySink extends FileSink {
  readonly files: Map<string, string>;
}

export const makeMemorySink = (there: Readonly<Record<string, string>> = {}): MemorySink => {
  const files = new Map(Object.entries(there));
  return {
    files,
    sizeOf: async (path) => files.get(path)?.length,
    write: async (path, chunks) => {
      const parts: Uint8Array[] = [];
      for await (const chunk of chunks) parts.push(chunk);
      const bytes = Buffer.concat(parts);
      files.set(path, bytes.toString("latin1"));
      return bytes.length;
    },
  };
};
