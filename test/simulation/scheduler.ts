// Virtual time: the next thing to happen is the earliest one that is due; nothing waits in real time.

export interface Scheduler {
  /** Epoch milliseconds. */
  now(): number;
  /** Calls something in `afterMs`. */
  after(afterMs: number, act: () => void): void;
  /** Until nothing is due any more, time is up, or `isEnough`. @returns whether nothing was due any more */
  run(untilMs: number, isEnough: () => boolean): Promise<boolean>;
}

interface Due {
  readonly atMs: number;
  readonly order: number;
  readonly act: () => void;
}

/** @param settle undefined when no process has to be waited for; else resolves when every process waits for something that is due */
export const makeScheduler = (startMs: number, settle: () => Promise<void> | undefined): Scheduler => {
  const heap: Due[] = [];
  let [now, order] = [startMs, 0];
  return {
    now: () => now,
    after: (afterMs, act) => push(heap, { atMs: now + Math.max(0, afterMs), order: order++, act }),
    run: async (untilMs, isEnough) => {
      for (let next = heap[0]; next && next.atMs <= untilMs && !isEnough(); next = heap[0]) {
        pop(heap);
        now = next.atMs;
        next.act();
        const settling = settle();
        if (settling) await settling;
      }
      return heap.length === 0;
    },
  };
};

const before = (a: Due, b: Due): boolean => a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order);

const push = (heap: Due[], due: Due): void => {
  let at = heap.length;
  heap.push(due);
  while (at > 0) {
    const parent = (at - 1) >> 1;
    if (before(heap[parent]!, due)) break;
    heap[at] = heap[parent]!;
    at = parent;
  }
  heap[at] = due;
};

const pop = (heap: Due[]): void => {
  const last = heap.pop()!;
  if (heap.length === 0) return;
  let at = 0;
  for (;;) {
    let child = 2 * at + 1;
    if (child >= heap.length) break;
    if (child + 1 < heap.length && before(heap[child + 1]!, heap[child]!)) child++;
    if (before(last, heap[child]!)) break;
    heap[at] = heap[child]!;
    at = child;
  }
  heap[at] = last;
};
