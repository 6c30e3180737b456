// The pods of each simulated Job in order: only the last one can run.
import type { PodFacts } from "./pod.ts";

export interface PodStore {
  /** The newest pod, if it still exists. */
  get(jobUid: string): PodFacts | undefined;
  set(jobUid: string, facts: PodFacts): void;
  /** All existing pods, newest last. */
  all(jobUid: string): readonly { readonly facts: PodFacts; readonly nth: number }[];
  /** Index of the newest pod, from 0. */
  nth(jobUid: string): number;
  /** The next pod is due. */
  next(jobUid: string): void;
  /** The newest pod was removed. */
  drop(jobUid: string): void;
  /** The Job's pods were deleted. */
  delete(jobUid: string): void;
  /** @returns the number of failed pods */
  noteFailure(jobUid: string): number;
}

export const makePodStore = (): PodStore => {
  const pods = new Map<string, Map<number, PodFacts>>();
  const newest = new Map<string, number>();
  const failures = new Map<string, number>();
  const nth = (uid: string): number => newest.get(uid) ?? 0;
  return {
    nth,
    get: (uid) => pods.get(uid)?.get(nth(uid)),
    set: (uid, facts) => void pods.set(uid, new Map(pods.get(uid)).set(nth(uid), facts)),
    all: (uid) => [...(pods.get(uid) ?? [])].map(([number, facts]) => ({ facts, nth: number })),
    next: (uid) => void newest.set(uid, nth(uid) + 1),
    drop: (uid) => void pods.get(uid)?.delete(nth(uid)),
    delete: (uid) => void pods.delete(uid),
    noteFailure: (uid) => {
      failures.set(uid, (failures.get(uid) ?? 0) + 1);
      return failures.get(uid) ?? 0;
    },
  };
};
