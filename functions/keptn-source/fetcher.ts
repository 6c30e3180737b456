// Fetches one project's dropped events from Keptn's list, in parallel to the polls of all projects, which need not wait for its room.
import { IoError } from "../lib/io-error.ts";
import type { Log } from "../lib/process.ts";
import type { Backlog } from "./backlog.ts";
import type { KeyedQueue } from "./keyed-queue.ts";
import type { SourceClock } from "./ports.ts";

export interface Fetcher {
  /** Fetches this project's dropped events as soon as there is room, until none is left. */
  fetch(project: string): void;
  isFetching(project: string): boolean;
  /** Call it when the sink did not accept an event: the next ones are fetched later. */
  onReturned(project: string): void;
  /** Call it when the sink accepted an event. */
  onDelivered(project: string): void;
  /** Resolves when there is room for one more event of this project and its pause is over. */
  whenRoom(project: string): Promise<void>;
}

export interface FetcherPorts {
  readonly clock: SourceClock;
  readonly log: Log;
  readonly backlog: Backlog;
  readonly queue: Pick<KeyedQueue, "whenRoom">;
  /** Passes on all events that Keptn lists for one project. @throws IoError */
  readonly poll: (project: string) => Promise<unknown>;
  readonly end: AbortSignal;
}

const betweenPollsMs = 500;
const firstPauseMs = 5_000;
const longestPauseMs = 60_000;

export const makeFetcher = ({ clock, log, backlog, queue, poll, end }: FetcherPorts): Fetcher => {
  const fetching = new Set<string>();
  /** The next pause of projects in trouble, in milliseconds. */
  const pauses = new Map<string, number>();
  const lengthen = (project: string): void =>
    void pauses.set(project, Math.min((pauses.get(project) ?? firstPauseMs / 2) * 2, longestPauseMs));
  const rest = async (project: string): Promise<void> => {
    const pauseMs = pauses.get(project);
    if (pauseMs === undefined) return;
    await clock.pause(pauseMs, end);
    if (pauses.has(project)) lengthen(project);
  };
  const pollOnce = async (project: string): Promise<void> => {
    await clock.pause(betweenPollsMs, end);
    await rest(project);
    if (end.aborted) return;
    try {
      await poll(project);
    } catch (fault) {
      if (!(fault instanceof IoError)) throw fault;
      if (!end.aborted)
        log({ level: "warn", message: `could not fetch events of project ${project}: ${fault.message}` });
      lengthen(project);
    }
  };
  const run = async (project: string): Promise<void> => {
    do await pollOnce(project);
    while (!end.aborted && !backlog.isEmpty(project));
    fetching.delete(project);
  };
  return {
    fetch: (project) => {
      if (fetching.has(project)) return;
      fetching.add(project);
      void run(project); // rejects only for a bug, which must end the process
    },
    isFetching: (project) => fetching.has(project),
    onReturned: (project) => {
      if (!pauses.has(project)) pauses.set(project, firstPauseMs);
    },
    onDelivered: (project) => void pauses.delete(project),
    whenRoom: async (project) => {
      await queue.whenRoom(project);
      await rest(project);
    },
  };
};
