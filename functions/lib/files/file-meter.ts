// Counts files and bytes in transit, and enforces the order's limits.
import type { FetchLimits } from "../core/files/fetch-order.ts";
import { tooLargeProblem, tooManyProblem, tooMuchProblem } from "../core/files/file-choice.ts";
import type { Problem } from "../core/problem.ts";

export type Meter = ReturnType<typeof makeMeter>;

export interface Amount {
  readonly count: number;
  readonly bytes: number;
}

export const makeMeter = (limits: FetchLimits, refuse: (problem: Problem) => Error) => {
  let [count, total] = [0, 0];
  const check = (path: string, bytes: number): void => {
    if (count > limits.count) throw refuse(tooManyProblem(count, limits));
    if (bytes > limits.fileBytes) throw refuse(tooLargeProblem(path, limits));
    if (total > limits.totalBytes) throw refuse(tooMuchProblem(path, limits));
  };
  const grow = (path: string, bytes: number, by: number): void => {
    total += by;
    check(path, bytes + by);
  };
  /** Passes the bytes of a file through. Incomplete files are not counted. @throws the error of `refuse` */
  async function* measure(path: string, chunks: AsyncIterable<Uint8Array>) {
    let [bytes, whole] = [0, false];
    count += 1;
    try {
      for await (const chunk of chunks) {
        grow(path, bytes, chunk.length);
        bytes += chunk.length;
        yield chunk;
      }
      check(path, bytes);
      whole = true;
    } finally {
      if (!whole) [count, total] = [count - 1, total - bytes];
    }
  }
  return {
    measure,
    /** Counts a file that is already there. @throws as above */
    add: (path: string, bytes: number): void => {
      count += 1;
      grow(path, 0, bytes);
    },
    total: (): Amount => ({ count, bytes: total }),
  };
};
