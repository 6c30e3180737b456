// Polls Keptn for open events and passes on those that were not delivered. This ensures that no event is lost.
import { type Envelope, envelopeOf, isAnswerable, isCounted, type KeptnEvent } from "../lib/core/event/keptn-event.ts";
import type { LookPlan, Search } from "../lib/core/source/plan-look.ts";
import type { ListedEvent } from "../lib/keptn/open-events.ts";
import type { Backlog } from "./backlog.ts";
import type { Early } from "./early.ts";
import type { Fetcher } from "./fetcher.ts";
import type { Intake } from "./intake.ts";
import type { KeptnFeed } from "./keptn-feed.ts";
import type { Lanes, Parcel } from "./lanes.ts";
import type { Memory } from "./memory.ts";
import type { SourceClock } from "./ports.ts";
import { readEvent } from "./read-event.ts";

export interface LookPorts {
  readonly keptn: KeptnFeed;
  readonly clock: SourceClock;
  readonly intake: Intake;
  readonly lanes: Lanes;
  readonly memory: Memory;
  readonly backlog: Backlog;
  readonly early: Early;
  readonly fetcher: Pick<Fetcher, "fetch" | "isFetching" | "whenRoom">;
  /** Ends a poll between two events. */
  readonly end: AbortSignal;
}

export interface Look {
  /** Polls all projects, one request at a time. @returns the number of new events @throws IoError */
  atAll(listings: LookPlan["listings"]): Promise<number>;
  /** Passes on all listed events of one project, waiting for room if necessary. @throws IoError */
  atProject(project: string, listings: LookPlan["listings"]): Promise<void>;
  /** Passes on unanswered events that other senders than Keptn triggered. @throws IoError */
  atStored(searches: LookPlan["searches"]): Promise<number>;
  /** Asks again for early events that are due. @throws IoError */
  atEarly(): Promise<number>;
}

/** How far back Keptn's datastore is searched. Lighthouse's evaluations do not wait longer; a run's Jobs stay for hours. */
const searchBackMs = 60 * 60 * 1000;

/** Page size for a project that waits for room: how many events are in memory meanwhile. */
const pageOfProject = 20;

export const makeLook = (ports: LookPorts): Look => ({
  atAll: async (listings) => {
    const forgetUnlisted = ports.memory.beginLook();
    const before = ports.lanes.held();
    const listed = new Set<string>();
    let brought = 0;
    for (const listing of listings) {
      for await (const page of ports.keptn.listOpen(listing)) {
        for (const { id } of page) listed.add(id);
        brought += await sum(page, (found) => considerListed(found, ports));
        if (ports.end.aborted) return brought;
      }
    }
    forgetUnlisted(listed);
    ports.early.keep(listed);
    await dropWhatIsOver(before, listed, ports);
    return brought;
  },
  atProject: async (project, listings) => {
    if (listings.length === 0) return; // no plan yet
    const endLook = ports.backlog.beginLook(project);
    for (const listing of listings.filter((one) => (one.project ?? project) === project)) {
      for await (const page of ports.keptn.listOpen({ ...listing, project }, pageOfProject)) {
        for (const found of page) await fetchListed(found, ports);
        if (ports.end.aborted) return;
      }
    }
    endLook();
  },
  atStored: (searches) => sum(searches, (search) => lookAtStored(search, ports)),
  atEarly: () =>
    sum(ports.early.due(ports.clock.elapsedMs()), async (envelope) => {
      if (!(await isHeard(envelope, ports))) return false;
      const event = await ports.keptn.getOpen(envelope);
      return event !== undefined && passOn(event, ports);
    }),
});

/** Drops queued events that Keptn no longer waits for. Each is confirmed, because the list can shift while it is read. */
const dropWhatIsOver = async (before: readonly Parcel[], listed: ReadonlySet<string>, ports: LookPorts) => {
  const { lanes, keptn } = ports;
  for (const { id, type, project } of before.filter((one) => one.listed && !listed.has(one.id) && lanes.has(one.id))) {
    if ((await keptn.getOpen({ id, type, project })) === undefined) lanes.drop(id);
  }
};

/** Events of a project that is being fetched are not passed on here: they would overtake the fetched ones. */
const considerListed = async (found: ListedEvent, ports: LookPorts): Promise<boolean> => {
  const event = wantedOf(found, ports);
  if (!event || ports.fetcher.isFetching(event.data.project)) return false;
  return (await isHeard(envelopeOf(event), ports)) && passOn(event, ports);
};

const fetchListed = async (found: ListedEvent, ports: LookPorts): Promise<void> => {
  const event = wantedOf(found, ports);
  if (!event || !(await isHeard(envelopeOf(event), ports))) return;
  const { intake, fetcher, backlog, end } = ports;
  while (!end.aborted && !intake.isKnown(event.id)) {
    if (intake.take(event, { way: "api", listed: true })) return backlog.remove(event);
    await fetcher.whenRoom(event.data.project);
  }
};

const wantedOf = (found: ListedEvent, { intake, early, clock }: LookPorts): KeptnEvent | undefined => {
  if (intake.isKnown(found.id) || early.isResting(found.id, clock.elapsedMs())) return undefined;
  const event = readEvent(found);
  return event && intake.isWanted(event) ? event : undefined;
};

/**
 * Keptn drops answers to an event that it does not wait for yet, and the sequence then waits forever. Only tasks are answered, and only
 * those that Keptn itself triggered are counted: other events may be passed on at once.
 */
const isHeard = async (event: Envelope, { keptn, early, backlog, clock }: LookPorts): Promise<boolean> => {
  if (!isAnswerable(event.type) || !isCounted(event) || backlog.isHeard(event.id)) return true;
  // Noted before asking: if the request fails, this event does not stop the next poll as well.
  early.note(event, clock.elapsedMs());
  if (!(await keptn.isCurrent(event))) return false;
  early.forget(event.id);
  return true;
};

/** Events without room are found again by the next poll. */
const lookAtStored = async (search: Search, ports: LookPorts): Promise<number> => {
  const { keptn, clock, intake, memory } = ports;
  const found = await keptn.listStored(search, new Date(clock.now().getTime() - searchBackMs));
  return sum(found, async (event) => {
    if (intake.isKnown(event.id) || !intake.isWanted(event)) return false;
    if (!(await keptn.isAnswered(event))) return intake.take(event, { way: "api", listed: false });
    memory.add({ id: event.id, listed: false });
    return false;
  });
};

/** If there is no room, Keptn's list serves as the queue, and the project is fetched separately. */
const passOn = (event: KeptnEvent, { intake, backlog, fetcher, end }: LookPorts): boolean => {
  if (end.aborted || intake.isKnown(event.id)) return false;
  const { id, shkeptncontext: lane, data } = event;
  if (!backlog.has({ lane, project: data.project }) && intake.take(event, { way: "api", listed: true })) return true;
  backlog.add({ id, lane, project: data.project });
  fetcher.fetch(data.project);
  return false;
};

/** Calls `act` one item at a time. @returns the sum of the results */
const sum = async <T>(items: readonly T[], act: (item: T) => Promise<number | boolean> | boolean): Promise<number> => {
  let total = 0;
  for (const item of items) total += Number(await act(item));
  return total;
};
