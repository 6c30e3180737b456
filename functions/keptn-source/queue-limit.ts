// Limits the events held in memory, in number and size. Even if one project's events are stuck, there is room for another project.

interface Size {
  readonly count: number;
  readonly bytes: number;
}

/** Unlisted events have their own room: while the sink is down, they exist only here. */
export const queueLimits = {
  listed: { count: 200, bytes: 8 * 1024 * 1024 },
  unlisted: { count: 200, bytes: 4 * 1024 * 1024 },
} as const;

const nothing: Size = { count: 0, bytes: 0 };

const sum = (a: Size, b: Size): Size => ({ count: a.count + b.count, bytes: a.bytes + b.bytes });

/**
 * A project may hold as much as is free: alone it fills half of the room, two fill a third each. However many projects are stuck, there
 * is room for one more (dynamic thresholds, as switches share their buffers; Choudhury and Hahne 1998).
 */
export const makeQueueLimit = (room: Size) => {
  const held = new Map<string, Size>();
  let used = nothing;
  const waiters = new Set<{ readonly project: string; readonly wake: () => void }>();
  const hasRoom = (project: string, bytes: number): boolean => {
    if (used.count === 0) return true; // an event that is larger than the room is sent alone
    const own = held.get(project) ?? nothing;
    return own.count < room.count - used.count && own.bytes + bytes <= room.bytes - used.bytes;
  };
  const add = (project: string, change: Size): void => {
    used = sum(used, change);
    const own = sum(held.get(project) ?? nothing, change);
    if (own.count === 0) held.delete(project);
    else held.set(project, own);
  };
  return {
    hasRoom,
    take: (project: string, bytes: number): void => add(project, { count: 1, bytes }),
    free: (project: string, bytes: number): void => {
      add(project, { count: -1, bytes: -bytes });
      for (const waiter of waiters) {
        if (!hasRoom(waiter.project, 0)) continue;
        waiters.delete(waiter);
        waiter.wake();
      }
    },
    /** Resolves when an event left and this project has room. */
    whenRoom: (project: string) => new Promise<void>((wake) => void waiters.add({ project, wake })),
  };
};
