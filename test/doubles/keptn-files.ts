// Files at Keptn's three levels, in memory: HEAD is what is listed, the event's commit is what is read.
import type { Level } from "../../functions/lib/core/files/file-choice.ts";
import type { KeptnFiles } from "../../functions/lib/keptn/files.ts";

type Tree = Readonly<Record<string, string | Uint8Array>>;

export interface FilesDouble extends KeptnFiles {
  /** `list service`, `open service a.txt`: what was asked, in its order. */
  readonly asked: string[];
  /** Called before each question; throws what the world does. */
  fault: (question: string) => void;
}

export interface FilesContent {
  /** At the event's commit. */
  readonly service?: Tree;
  readonly stage?: Tree;
  readonly project?: Tree;
  /** What HEAD lists, where that differs from the commit. */
  readonly head?: Partial<Readonly<Record<Level, readonly string[]>>>;
}

export const makeFilesDouble = (content: FilesContent): FilesDouble => {
  const double: FilesDouble = {
    asked: [],
    fault: () => undefined,
    listFiles: async (level) => {
      ask(double, `list ${level}`);
      return content.head?.[level] ?? Object.keys(content[level] ?? {}).filter((path) => !path.includes(".git"));
    },
    openFile: async (level, path) => {
      ask(double, `open ${level} ${path}`);
      const found = content[level]?.[path];
      return found === undefined
        ? undefined
        : chunksOf(Buffer.from(found), () => double.fault(`read ${level} ${path}`));
    },
  };
  return double;
};

const ask = (double: FilesDouble, question: string): void => {
  double.asked.push(question);
  double.fault(question);
};

async function* chunksOf(bytes: Buffer, between: () => void): AsyncIterable<Uint8Array> {
  const size = Math.ceil(bytes.length / 4);
  for (let at = 0; at < bytes.length; at += size) {
    yield bytes.subarray(at, at + size);
    between();
  }
}
