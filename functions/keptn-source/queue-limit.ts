// Limits the events held in memory, in number and size. Even if one project's events are stuck, there is room for another project.

export interface Size {
  readonly count: number;
  readonly bytes: number;
}

export interface QueueLimit {
  hasRoom(project: string, bytes: number): boolean;
  take(project: string, bytes: number): void;
  free(project: string, bytes: number): void;
}

const nothing: Size = { count: 0, bytes: 0 };

/**
 * A project may hold as much as is free: alone it fills half of the room, two fill a third each. However many projects are stuck, there
 * is room for one more (dynamic thresholds, as switches share their buffers; Choudhury and Hahne 1998).
 */
export const makeQueueLimit = (room: Size): QueueLimit => {
  const held = new Map<string, Size>();
  let used = nothing;
  const add = (project: string, count: number, bytes: number): void => {
    const { count: before, bytes: bytesBefore } = held.get(project) ?? nothing;
    used = { count: used.count + count, bytes: used.bytes + bytes };
    if (before + count === 0) held.delete(project);
    else held.set(project, { count: before + count, bytes: bytesBefore + bytes });
  };
  return {
    hasRoom: (project, bytes) => {
      if (used.count === 0) return true; // an event that is larger than the room is sent alone
      const own = held.get(project) ?? nothing;
      return own.count < room.count - used.count && own.bytes + bytes <= room.bytes - used.bytes;
    },
    take: (project, bytes) => add(project, 1, bytes),
    free: (project, bytes) => add(project, -1, -bytes),
  };
};
