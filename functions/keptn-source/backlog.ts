// Events that were dropped because there was no room or the sink did not accept them. Until they are fetched from Keptn's list, later
// events of their sequences must not overtake them.

export type Backlog = ReturnType<typeof makeBacklog>;

interface Dropped {
  readonly id: string;
  /** Keptn's context. */
  readonly key: string;
  readonly project: string;
}

type Entry = Omit<Dropped, "id"> & {
  /** Number of polls that had started when it was dropped. */
  readonly poll: number;
};

/** Beyond this limit only the project is kept, and all its sequences count as affected. */
const mostEvents = 20_000;

export const makeBacklog = () => {
  const events = new Map<string, Entry>();
  /** The number of events of each sequence. */
  const sequences = new Map<string, number>();
  /** Projects with events beyond the limit, and the number of polls that had started when the last one was dropped. */
  const forgotten = new Map<string, number>();
  let poll = 0;
  const remove = ({ id }: Pick<Dropped, "id">): void => {
    const entry = events.get(id);
    if (!entry) return;
    events.delete(id);
    countDown(sequences, entry.key);
  };
  return {
    /** Call it when the event is dropped. */
    add: ({ id, key, project }: Dropped): void => {
      if (events.size >= mostEvents && !events.has(id)) return void forgotten.set(project, poll);
      remove({ id });
      events.set(id, { key, project, poll });
      sequences.set(key, (sequences.get(key) ?? 0) + 1);
    },
    /** Whether an event of this sequence was dropped and not fetched yet. */
    has: ({ key, project }: Omit<Dropped, "id">): boolean => sequences.has(key) || forgotten.has(project),
    /** Whether Keptn is known to accept answers to it: it published the event, or was asked. */
    isHeard: (id: string): boolean => events.has(id),
    /** Call it when the event is fetched. */
    remove,
    isEmpty: (project: string): boolean =>
      !forgotten.has(project) && ![...events.values()].some((one) => one.project === project),
    /** Starts a poll that covers all events of this project dropped so far. @returns call it when the poll is complete */
    beginPoll: (project: string) => {
      poll += 1;
      const begun = poll;
      return () => {
        for (const [id, one] of events) if (one.project === project && one.poll < begun) remove({ id });
        if ((forgotten.get(project) ?? begun) < begun) forgotten.delete(project);
      };
    },
  };
};

const countDown = (counts: Map<string, number>, key: string): void => {
  const left = (counts.get(key) ?? 1) - 1;
  if (left > 0) counts.set(key, left);
  else counts.delete(key);
};
