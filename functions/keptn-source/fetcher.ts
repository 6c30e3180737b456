// Fetches one project's dropped events from Keptn's list, in parallel to the polls of all projects, which need not wait for its room.
import { IoError } from "../lib/io-error.ts";
import type { Log } from "../lib/process.ts";
import type { Backlog } from "./backlog.ts";
import type { SourceClock } from "./ports.ts";

export type Fetcher = ReturnType<typeof makeFetcher>;

interface FetcherPorts {
  readonly clock: SourceClock;
  readonly log: Log;
  readonly backlog: Backlog;
  /** Passes on all events that Keptn lists for one project. @throws IoError */
  readonly poll: (project: string) => Promise<void>;
  /** Resolves when the queue has room for one more event of this project. */
  readonly whenRoom: (project: string) => Promise<void>;
  readonly end: AbortSignal;
}

const betweenPollsMs = 500;
const firstPauseMs = 5_000;
const longestPauseMs = 60_000;

export const makeFetcher = (ports: FetcherPorts) => {
  const { clock, backlog, whenRoom, end } = ports;
  const fetching = new Set<string>();
  const pauses = makePauses(ports);
  const run = async (project: string): Promise<void> => {
    do {
      await clock.pause(betweenPollsMs, end);
      await pauses.wait(project);
      if (!(await tryPoll(project, ports))) pauses.lengthen(project);
    } while (!end.aborted && !backlog.isEmpty(project));
    fetching.delete(project);
  };
  return {
    /** Fetches this project's dropped events as soon as there is room, until none is left. */
    fetch: (project: string): void => {
      if (fetching.has(project)) return;
      fetching.add(project);
      void run(project); // rejects only for a bug, which must end the process
    },
    isFetching: (project: string): boolean => fetching.has(project),
    /** Call it when the sink did not accept an event: the next ones are fetched later. */
    onReturned: pauses.begin,
    /** Call it when the sink accepted an event. */
    onDelivered: pauses.end,
    /** Resolves when there is room for one more event of this project and its pause is over. */
    whenRoom: async (project: string): Promise<void> => {
      await whenRoom(project);
      await pauses.wait(project);
    },
  };
};

/** @returns whether it succeeded */
const tryPoll = async (project: string, { poll, log, end }: FetcherPorts): Promise<boolean> => {
  try {
    if (!end.aborted) await poll(project);
    return true;
  } catch (fault) {
    if (!(fault instanceof IoError)) throw fault;
    if (!end.aborted) log({ level: "warn", message: `could not fetch events of project ${project}: ${fault.message}` });
    return false;
  }
};

/** Growing pauses for projects whose events the sink does not accept, or Keptn does not list. */
const makePauses = ({ clock, end }: FetcherPorts) => {
  const pausesMs = new Map<string, number>();
  const lengthen = (project: string): void => {
    const pauseMs = pausesMs.get(project);
    pausesMs.set(project, pauseMs === undefined ? firstPauseMs : Math.min(pauseMs * 2, longestPauseMs));
  };
  return {
    lengthen,
    begin: (project: string): void => {
      if (!pausesMs.has(project)) lengthen(project);
    },
    end: (project: string): void => void pausesMs.delete(project),
    wait: async (project: string): Promise<void> => {
      const pauseMs = pausesMs.get(project);
      if (pauseMs === undefined) return;
      await clock.pause(pauseMs, end);
      if (pausesMs.has(project)) lengthen(project);
    },
  };
};
