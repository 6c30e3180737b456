// Limits concurrent requests to the sink, so that one project's slow requests do not keep others waiting.

/** Events that wait for their next attempt do not count. */
const mostRequests = { all: 20, perProject: 10 };

/** A project without requests in progress never waits, regardless of the others. */
export const makeConcurrencyLimit = ({ all, perProject } = mostRequests) => {
  /** The project of each request. */
  const inProgress: string[] = [];
  const waiters = new Set<{ readonly project: string; readonly start: () => void }>();
  const mayStart = (project: string): boolean => {
    const own = inProgress.filter((other) => other === project).length;
    return own === 0 || (own < perProject && inProgress.length < all);
  };
  const startWaiters = (): void => {
    for (const waiter of waiters) {
      if (!mayStart(waiter.project)) continue;
      waiters.delete(waiter);
      inProgress.push(waiter.project);
      waiter.start();
    }
  };
  /** Runs `send` as soon as the project may start another request: first come, first served among the projects that may. */
  return async <Result>(project: string, send: () => Promise<Result>): Promise<Result> => {
    await new Promise<void>((start) => {
      waiters.add({ project, start });
      startWaiters();
    });
    try {
      return await send();
    } finally {
      inProgress.splice(inProgress.indexOf(project), 1);
      startWaiters();
    }
  };
};
