// Looks at all that waits in Keptn, and passes on what was not delivered: the part of keptn-source that makes sure nothing is lost.
import { type Envelope, envelopeOf, isAnswerable, isCounted, type KeptnEvent } from "../core/keptn-event.ts";
import type { LookPlan, Search } from "../core/source/plan-look.ts";
import type { ListedEvent } from "../io/keptn/open-events.ts";
import type { KeptnFeed } from "../io/keptn-feed.ts";
import type { Backlog } from "./backlog.ts";
import type { Early } from "./early.ts";
import type { Fetcher } from "./fetcher.ts";
import type { Intake } from "./intake.ts";
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
  /** Ends a look between two events. */
  readonly end: AbortSignal;
}

export interface Look {
  /** One request after the other. @returns how many events were new @throws IoError */
  atAll(listings: LookPlan["listings"]): Promise<number>;
  /** All that is listed of one project; waits for room where there is none. @throws IoError */
  atProject(project: string, listings: LookPlan["listings"]): Promise<void>;
  /** What others than Keptn itself triggered, and what nobody has begun to answer. @throws IoError */
  atStored(searches: LookPlan["searches"]): Promise<number>;
  /** Those that were early the last time, as far as their time has come. @throws IoError */
  atEarly(): Promise<number>;
}

/** How far back Keptn's datastore is searched: lighthouse's evaluations wait no longer, and what a run leaves behind lives for hours. */
const searchBackMs = 60 * 60 * 1000;

/** Of a project that waits for room: so many events are in memory while it does. */
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
    if (listings.length === 0) return; // Keptn was not asked yet what there is to list
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

/** An event that waits for the sink, and that nobody waits for any more: a page that moved while it was read is no proof. */
const dropWhatIsOver = async (before: readonly Parcel[], listed: ReadonlySet<string>, ports: LookPorts) => {
  const { lanes, keptn } = ports;
  for (const { id, type, project } of before.filter((one) => one.listed && !listed.has(one.id) && lanes.has(one.id))) {
    if ((await keptn.getOpen({ id, type, project })) === undefined) lanes.drop(id);
  }
};

/** Of a project that is being fetched by itself nothing is passed on meanwhile: it would overtake what is fetched. */
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
 * An answer that Keptn does not hear yet is dropped, and the sequence waits for ever. Only tasks are answered, and only those that
 * Keptn itself triggered are counted: the others may go at once.
 */
const isHeard = async (event: Envelope, { keptn, early, backlog, clock }: LookPorts): Promise<boolean> => {
  if (!isAnswerable(event.type) || !isCounted(event) || backlog.isHeard(event.id)) return true;
  // Also when it cannot be asked: the same event does not stop the next look as well.
  early.note(event, clock.elapsedMs());
  if (!(await keptn.isCurrent(event))) return false;
  early.forget(event.id);
  return true;
};

/** For which there is no room is found by the next look: nobody else waits for it. */
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

/** Where there is no room, Keptn's list is the queue: its project is fetched by itself then. */
const passOn = (event: KeptnEvent, { intake, backlog, fetcher, end }: LookPorts): boolean => {
  if (end.aborted || intake.isKnown(event.id)) return false;
  const { id, shkeptncontext: lane, data } = event;
  if (!backlog.has({ lane, project: data.project }) && intake.take(event, { way: "api", listed: true })) return true;
  backlog.add({ id, lane, project: data.project });
  fetcher.fetch(data.project);
  return false;
};

/** In turn. @returns how many, or how much */
const sum = async <T>(items: readonly T[], act: (item: T) => Promise<number | boolean> | boolean): Promise<number> => {
  let total = 0;
  for (const item of items) total += Number(await act(item));
  return total;
};
