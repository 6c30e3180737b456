// Limits concurrent requests to the sink, so that one project's slow requests do not keep others waiting.

export interface RequestLimit {
  /** Waits until the request may start: first come, first served among those that may. */
  run<T>(project: string, act: () => Promise<T>): Promise<T>;
}

export interface RequestLimits {
  readonly all: number;
  readonly perProject: number;
}

interface Waiter {
  readonly project: string;
  readonly go: () => void;
}

/** A project without requests in progress never waits, regardless of the others. */
export const makeRequestLimit = ({ all, perProject }: RequestLimits): RequestLimit => {
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
