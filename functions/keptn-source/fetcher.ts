// Fetches from Keptn's list what was let go of one project: beside the looks at all of them, so that nobody else waits for its room.
import { IoError } from "../io/io-error.ts";
import type { Log } from "../io/world.ts";
import type { Backlog } from "./backlog.ts";
import type { Lanes } from "./lanes.ts";
import type { SourceClock } from "./ports.ts";

export interface Fetcher {
  /** Events of this project are left to Keptn's list: they are fetched as soon as there is room, and until none is left. */
  fetch(project: string): void;
  isFetching(project: string): boolean;
  /** The sink did not take an event of it: the next ones are fetched later. */
  onReturned(project: string): void;
  /** The sink took one of it. */
  onDelivered(project: string): void;
  /** Until there is room for one more event of it, and its time has come. */
  whenRoom(project: string): Promise<void>;
}

export interface FetcherPorts {
  readonly clock: SourceClock;
  readonly log: Log;
  readonly backlog: Backlog;
  readonly lanes: Pick<Lanes, "whenRoom">;
  /** All that Keptn lists of one project. @throws IoError */
  readonly lookAt: (project: string) => Promise<unknown>;
  readonly end: AbortSignal;
}

const betweenLooksMs = 500;
const firstPauseMs = 5_000;
const longestPauseMs = 60_000;

export const makeFetcher = ({ clock, log, backlog, lanes, lookAt, end }: FetcherPorts): Fetcher => {
  const fetching = new Set<string>();
  /** Of projects in trouble: what the next pause takes. */
  const pauses = new Map<string, number>();
  const lengthen = (project: string): void =>
    void pauses.set(project, Math.min((pauses.get(project) ?? firstPauseMs / 2) * 2, longestPauseMs));
  const rest = async (project: string): Promise<void> => {
    const pauseMs = pauses.get(project);
    if (pauseMs === undefined) return;
    await clock.pause(pauseMs, end);
    if (pauses.has(project)) lengthen(project);
  };
  const lookOnce = async (project: string): Promise<void> => {
    await clock.pause(betweenLooksMs, end);
    await rest(project);
    if (end.aborted) return;
    try {
      await lookAt(project);
    } catch (fault) {
      if (!(fault instanceof IoError)) throw fault;
      if (!end.aborted) log({ level: "warn", message: `cannot fetch events of project ${project}: ${fault.message}` });
      lengthen(project);
    }
  };
  const run = async (project: string): Promise<void> => {
    do await lookOnce(project);
    while (!end.aborted && !backlog.isEmpty(project));
    fetching.delete(project);
  };
  return {
    fetch: (project) => {
      if (fetching.has(project)) return;
      fetching.add(project);
      void run(project); // rejects for a bug only: the process must not go on without it
    },
    isFetching: (project) => fetching.has(project),
    onReturned: (project) => {
      if (!pauses.has(project)) pauses.set(project, firstPauseMs);
    },
    onDelivered: (project) => void pauses.delete(project),
    whenRoom: async (project) => {
      await lanes.whenRoom(project);
      await rest(project);
    },
  };
};
