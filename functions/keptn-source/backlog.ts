// Events that NATS brought, or that the sink did not take, and that were let go: until they are fetched from Keptn's list, later ones must not overtake them.

export interface Backlog {
  /** It was let go. */
  add(event: Dropped): void;
  /** Whether an event of this sequence was let go, and is not fetched yet. */
  has(event: Pick<Dropped, "lane" | "project">): boolean;
  /** Whether Keptn is known to hear answers to it: it published the event, or was asked. */
  isHeard(id: string): boolean;
  /** It was fetched. */
  remove(event: Pick<Dropped, "id">): void;
  isEmpty(project: string): boolean;
  /** What was let go of this project until now is fetched by the look that begins, or over. @returns to be called when it is complete */
  beginLook(project: string): () => void;
}

interface Dropped {
  readonly id: string;
  /** Keptn's context. */
  readonly lane: string;
  readonly project: string;
}

type Entry = Omit<Dropped, "id"> & {
  /** The number of the look before which it was let go. */
  readonly look: number;
};

/** Of more than these only the project is remembered: every sequence of it counts as one of theirs. */
const mostEvents = 20_000;

export const makeBacklog = (): Backlog => {
  const events = new Map<string, Entry>();
  const lanes = makeCounts();
  const projects = makeCounts();
  /** Projects with events that are not remembered, and the look before which the last of them was let go. */
  const forgotten = new Map<string, number>();
  let look = 0;
  const remove = ({ id }: Pick<Dropped, "id">): void => {
    const entry = events.get(id);
    if (!entry) return;
    events.delete(id);
    lanes.add(entry.lane, -1);
    projects.add(entry.project, -1);
  };
  return {
    add: ({ id, lane, project }) => {
      if (events.size >= mostEvents && !events.has(id)) return void forgotten.set(project, look);
      remove({ id });
      events.set(id, { lane, project, look });
      lanes.add(lane, 1);
      projects.add(project, 1);
    },
    has: ({ lane, project }) => lanes.has(lane) || forgotten.has(project),
    isHeard: (id) => events.has(id),
    remove,
    isEmpty: (project) => !projects.has(project) && !forgotten.has(project),
    beginLook: (project) => {
      look += 1;
      const begun = look;
      return () => {
        for (const [id, one] of events) if (one.project === project && one.look < begun) remove({ id });
        if ((forgotten.get(project) ?? begun) < begun) forgotten.delete(project);
      };
    },
  };
};

const makeCounts = () => {
  const counts = new Map<string, number>();
  return {
    has: (name: string): boolean => counts.has(name),
    add: (name: string, more: number): void => {
      const count = (counts.get(name) ?? 0) + more;
      if (count > 0) counts.set(name, count);
      else counts.delete(name);
    },
  };
};
