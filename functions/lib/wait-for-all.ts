// Waits for all work on one event, even if some of it fails.
import { IoError } from "./io-error.ts";

/** Nothing continues after the event's response: if one run fails, the others still complete. @throws the worst error */
export const waitForAll = async <T>(works: readonly Promise<T>[]): Promise<T[]> => {
  const settled = await Promise.allSettled(works);
  const faults = settled.flatMap((one): unknown[] => (one.status === "rejected" ? [one.reason] : []));
  if (faults.length > 0) throw faults.find((fault) => !(fault instanceof IoError) || fault.retryable) ?? faults[0];
  return settled.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
};
