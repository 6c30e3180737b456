// Requests to the sink at the same time: one project's, which may take minutes each, leave some for the others.

export interface Slots {
  /** Waits for its turn: first come, first served among those that may go. */
  run<T>(project: string, act: () => Promise<T>): Promise<T>;
}

export interface SlotLimits {
  readonly all: number;
  readonly perProject: number;
}

interface Waiter {
  readonly project: string;
  readonly go: () => void;
}

/** A project that has none under way need not wait, however many there are of others. */
export const makeSlots = ({ all, perProject }: SlotLimits): Slots => {
  const underWay = new Map<string, number>();
  let total = 0;
  let waiting: readonly Waiter[] = [];
  const mayGo = (project: string): boolean => {
    const own = underWay.get(project) ?? 0;
    return own === 0 || (own < perProject && total < all);
  };
  const begin = (project: string): void => {
    underWay.set(project, (underWay.get(project) ?? 0) + 1);
    total += 1;
  };
  const end = (project: string): void => {
    const left = (underWay.get(project) ?? 1) - 1;
    total -= 1;
    if (left === 0) underWay.delete(project);
    else underWay.set(project, left);
    waiting = waiting.filter((waiter) => {
      if (!mayGo(waiter.project)) return true;
      begin(waiter.project);
      waiter.go();
      return false;
    });
  };
  const turnOf = async (project: string): Promise<void> => {
    if (mayGo(project)) return begin(project);
    await new Promise<void>((go) => {
      waiting = [...waiting, { project, go }];
    });
  };
  return {
    run: async (project, act) => {
      await turnOf(project);
      try {
        return await act();
      } finally {
        end(project);
      }
    },
  };
};
