// Polls Keptn for open events and passes on those that were not delivered. This ensures that no event is lost.
import {
  type Envelope,
  envelopeOf,
  expectsFinished,
  isCounted,
  type KeptnEvent,
} from "../lib/core/event/keptn-event.ts";
import type { PollPlan } from "../lib/core/source/plan-poll.ts";
import type { ListedEvent } from "../lib/keptn/open-events.ts";
import type { QueuedEvent } from "./keyed-queue.ts";
import type { Parts } from "./parts.ts";
import { readEvent } from "./read-event.ts";
import { admitListed } from "./receive.ts";

/** How far back Keptn's datastore is searched. Lighthouse's evaluations do not wait longer; a run's Jobs stay for hours. */
const searchBackMs = 60 * 60 * 1000;

/** Page size for a project that waits for room: how many events are in memory meanwhile. */
const pageOfProject = 20;

/** Polls all projects, one request at a time. @returns the number of new events @throws IoError */
export const pollAll = async (listings: PollPlan["listings"], parts: Parts): Promise<number> => {
  const { keptn, queue, deliveredIds, deferred, end } = parts;
  const forgetUnlisted = deliveredIds.beginPoll();
  const before = queue.held();
  const listed = new Set<string>();
  let brought = 0;
  for (const listing of listings) {
    for await (const page of keptn.listOpen(listing)) {
      for (const { id } of page) listed.add(id);
      brought += await sum(page, (found) => considerListed(found, parts));
      if (end.aborted) return brought;
    }
  }
  forgetUnlisted(listed);
  deferred.keep(listed);
  await dropWhatIsOver(before, listed, parts);
  return brought;
};

/** Passes on all listed events of one project, waiting for room if necessary. @throws IoError */
export const pollProject = async (project: string, listings: PollPlan["listings"], parts: Parts): Promise<void> => {
  if (listings.length === 0) return; // no plan yet
  const { keptn, backlog, end } = parts;
  const endPoll = backlog.beginPoll(project);
  for (const listing of listings.filter((one) => (one.project ?? project) === project)) {
    for await (const page of keptn.listOpen({ ...listing, project }, pageOfProject)) {
      for (const found of page) await fetchListed(found, parts);
      if (end.aborted) return;
    }
  }
  endPoll();
};

/** Passes on unanswered events that other senders than Keptn triggered. Without room, the next poll finds them again. @throws IoError */
export const pollStored = (searches: PollPlan["searches"], parts: Parts): Promise<number> => {
  const { keptn, clock, admission, deliveredIds } = parts;
  return sum(searches, async (search) => {
    const found = await keptn.listStored(search, new Date(clock.now().getTime() - searchBackMs));
    return sum(found, async (event) => {
      if (admission.isKnown(event.id) || !admission.isWanted(event)) return false;
      if (!(await keptn.isAnswered(event))) return admission.admit(event, { way: "api", listed: false });
      deliveredIds.add({ id: event.id, listed: false });
      return false;
    });
  });
};

/** Asks again for deferred events that are due. @throws IoError */
export const pollDeferred = (parts: Parts): Promise<number> =>
  sum(parts.deferred.due(parts.clock.elapsedMs()), async (envelope) => {
    if (!(await isHeard(envelope, parts))) return false;
    const event = await parts.keptn.getOpen(envelope);
    return event !== undefined && passOn(event, parts);
  });

/** Drops queued events that Keptn no longer waits for. Each is confirmed, because the list can shift while it is read. */
const dropWhatIsOver = async (before: readonly QueuedEvent[], listed: ReadonlySet<string>, parts: Parts) => {
  const { queue, keptn } = parts;
  for (const { id, type, project } of before.filter((one) => one.listed && !listed.has(one.id) && queue.has(one.id))) {
    if ((await keptn.getOpen({ id, type, project })) === undefined) queue.drop(id);
  }
};

/** Events of a project that is being fetched are not passed on here: they would overtake the fetched ones. */
const considerListed = async (found: ListedEvent, parts: Parts): Promise<boolean> => {
  const event = wantedOf(found, parts);
  if (!event || parts.fetcher.isFetching(event.data.project)) return false;
  return (await isHeard(envelopeOf(event), parts)) && passOn(event, parts);
};

const fetchListed = async (found: ListedEvent, parts: Parts): Promise<void> => {
  const event = wantedOf(found, parts);
  if (!event || !(await isHeard(envelopeOf(event), parts))) return;
  const { admission, fetcher, backlog, end } = parts;
  while (!end.aborted && !admission.isKnown(event.id)) {
    if (admission.admit(event, { way: "api", listed: true })) return backlog.remove(event);
    await fetcher.whenRoom(event.data.project);
  }
};

const wantedOf = (found: ListedEvent, { admission, deferred, clock }: Parts): KeptnEvent | undefined => {
  if (admission.isKnown(found.id) || deferred.isDeferred(found.id, clock.elapsedMs())) return undefined;
  const event = readEvent(found);
  return event && admission.isWanted(event) ? event : undefined;
};

/**
 * Keptn drops answers to an event that it does not wait for yet, and the sequence then waits forever. Only tasks are answered, and only
 * those that Keptn itself triggered are counted: other events may be passed on at once.
 */
const isHeard = async (event: Envelope, { keptn, deferred, backlog, clock }: Parts): Promise<boolean> => {
  if (!expectsFinished(event.type) || !isCounted(event) || backlog.isHeard(event.id)) return true;
  // Noted before asking: if the request fails, this event does not stop the next poll as well.
  deferred.defer(event, clock.elapsedMs());
  if (!(await keptn.isCurrent(event))) return false;
  deferred.forget(event.id);
  return true;
};

const passOn = (event: KeptnEvent, parts: Parts): boolean =>
  !parts.end.aborted && !parts.admission.isKnown(event.id) && admitListed(event, "api", parts);

/** Calls `act` one item at a time. @returns the sum of the results */
const sum = async <T>(items: readonly T[], act: (item: T) => Promise<number | boolean> | boolean): Promise<number> => {
  let total = 0;
  for (const item of items) total += Number(await act(item));
  return total;
};
