// Looks at all that waits in Keptn, and passes on what was not delivered: the part of keptn-source that makes sure nothing is lost.
import { type Envelope, envelopeOf, isAnswerable, isCounted, type KeptnEvent } from "../core/keptn-event.ts";
import type { Listing, LookPlan, Search } from "../core/source/plan-look.ts";
import type { ListedEvent } from "../io/keptn/open-events.ts";
import type { KeptnFeed } from "../io/keptn-feed.ts";
import type { Backlog } from "./backlog.ts";
import type { Early } from "./early.ts";
import type { Arrival, Intake } from "./intake.ts";
import type { Lanes } from "./lanes.ts";
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
  /** Ends a look between two events. */
  readonly end: AbortSignal;
}

export interface Look {
  /** One request after the other. @returns how many events were new @throws IoError */
  atAll(listings: LookPlan["listings"]): Promise<number>;
  /** What others than Keptn itself triggered, and what nobody has begun to answer. @throws IoError */
  atStored(searches: LookPlan["searches"]): Promise<number>;
  /** Those that were early the last time, as far as their time has come. @throws IoError */
  atEarly(): Promise<number>;
}

/** How far back Keptn's datastore is searched: lighthouse's evaluations wait no longer, and what a run leaves behind lives for hours. */
const searchBackMs = 60 * 60 * 1000;

export const makeLook = (ports: LookPorts): Look => ({
  atAll: async (listings) => {
    const [endLook, forgetUnlisted] = [ports.backlog.beginLook(), ports.memory.beginLook()];
    const listed = new Set<string>();
    let brought = 0;
    for (const listing of listings) {
      brought += await lookAtListing(listing, ports, listed);
      if (ports.end.aborted) return brought;
    }
    forgetUnlisted(listed);
    ports.early.keep(listed);
    endLook();
    return brought;
  },
  atStored: (searches) => sum(searches, (search) => lookAtStored(search, ports)),
  atEarly: () =>
    sum(ports.early.due(ports.clock.elapsedMs()), async (envelope) => {
      if (!(await isHeard(envelope, ports))) return false;
      const event = await ports.keptn.getOpen(envelope);
      return event !== undefined && passOn(event, { way: "api", listed: true }, ports);
    }),
});

const lookAtListing = async (listing: Listing, ports: LookPorts, listed: Set<string>): Promise<number> => {
  let brought = 0;
  for await (const page of ports.keptn.listOpen(listing)) {
    for (const found of page) listed.add(found.id);
    brought += await sum(page, (found) => considerListed(found, ports));
    if (ports.end.aborted) break;
  }
  return brought;
};

const considerListed = async (found: ListedEvent, ports: LookPorts): Promise<boolean> => {
  const { intake, early, clock } = ports;
  if (intake.isKnown(found.id) || early.isResting(found.id, clock.elapsedMs())) return false;
  const event = readEvent(found);
  if (!event || !intake.isWanted(event) || !(await isHeard(envelopeOf(event), ports))) return false;
  return passOn(event, { way: "api", listed: true }, ports);
};

/**
 * An answer that Keptn does not hear yet is dropped, and the sequence waits for ever. Only tasks are answered, and only those that
 * Keptn itself triggered are counted: the others may go at once.
 */
const isHeard = async (event: Envelope, { keptn, early, backlog, clock }: LookPorts): Promise<boolean> => {
  if (!isAnswerable(event.type) || !isCounted(event) || backlog.cameByNats(event.id)) return true;
  // Also when it cannot be asked: the same event does not stop the next look as well.
  early.note(event, clock.elapsedMs());
  if (!(await keptn.isCurrent(event))) return false;
  early.forget(event.id);
  return true;
};

const lookAtStored = async (search: Search, ports: LookPorts): Promise<number> => {
  const { keptn, clock, intake, memory } = ports;
  const found = await keptn.listStored(search, new Date(clock.now().getTime() - searchBackMs));
  return sum(found, async (event) => {
    if (intake.isKnown(event.id) || !intake.isWanted(event)) return false;
    if (!(await keptn.isAnswered(event))) return passOn(event, { way: "api", listed: false }, ports);
    memory.add({ id: event.id, listed: false });
    return false;
  });
};

/** While there is no room nothing more is asked of Keptn: what it lists is the queue. */
const passOn = async (event: KeptnEvent, arrival: Arrival, ports: LookPorts): Promise<boolean> => {
  const { intake, lanes, backlog, end } = ports;
  while (!end.aborted && !intake.isKnown(event.id)) {
    if (intake.take(event, arrival)) {
      backlog.remove(event);
      return true;
    }
    await lanes.whenOneGoes(arrival.listed);
  }
  return false;
};

/** In turn. @returns how many, or how much */
const sum = async <T>(items: readonly T[], act: (item: T) => Promise<number | boolean>): Promise<number> => {
  let total = 0;
  for (const item of items) total += Number(await act(item));
  return total;
};
