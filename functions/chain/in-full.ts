// Waits for all works of one event, also where one of them fails.
import { IoError } from "../io/io-error.ts";

/** Nothing of an event goes on behind its answer: whatever becomes of one run, the others come to their ends. @throws the worst fault */
export const inFull = async <T>(works: readonly Promise<T>[]): Promise<T[]> => {
  const settled = await Promise.allSettled(works);
  const faults = settled.flatMap((one): unknown[] => (one.status === "rejected" ? [one.reason] : []));
  if (faults.length > 0) throw faults.find((fault) => !(fault instanceof IoError) || fault.retryable) ?? faults[0];
  return settled.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
};
