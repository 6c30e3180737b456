// Reads back events that Keptn published: the open ones, and all others from its datastore.
import { setTimeout as sleep } from "node:timers/promises";
import * as z from "zod";
import { isAnswerable, isCounted, type KeptnEvent, parseKeptnEvent } from "../../core/keptn-event.ts";
import { IoError } from "../io-error.ts";
import type { EventRef } from "../keptn.ts";
import type { KeptnApi } from "./api.ts";
import { lateShape, type OutputOf } from "./shape.ts";

const events = lateShape(() => z.object({ events: z.array(z.looseObject({ id: z.string() })).nullish() }));

type Found = OutputOf<typeof events>;

/** What shipyard-controller triggered is in its own list, and nowhere else: one question. Other senders' events are looked for. */
export const isOpen = async (api: KeptnApi, event: EventRef & { readonly source: string }): Promise<boolean> => {
  const find = isListed(event) ? findOpen : getEvent;
  return (await find(api, event)) !== undefined;
};

const isListed = ({ source, type }: { readonly source: string; readonly type: string }): boolean =>
  isCounted({ source }) && isAnswerable(type);

/** An event that Keptn lists as open. */
export const getOpen = async (api: KeptnApi, thin: EventRef): Promise<KeptnEvent | undefined> => {
  const open = await findOpen(api, thin);
  return open === undefined ? undefined : readEvent(thin, open);
};

/** `get-sli.triggered` and other senders' events are in the datastore only. */
export const getEvent = async (
  api: KeptnApi,
  ref: EventRef & { readonly source?: string },
): Promise<KeptnEvent | undefined> => {
  const open = await getOpen(api, ref);
  const { source, type } = ref;
  if (open || (source !== undefined && isListed({ source, type }))) return open;
  const stored = await lookAgain(() => findStored(api, ref));
  const event = stored === undefined ? undefined : readEvent(ref, stored);
  // What shipyard-controller triggered is in its own list as long as anybody waits for it.
  return event && isListed(event) ? undefined : event;
};

/** The datastore follows the event's arrival by some milliseconds. */
const lookAgain = async (look: () => Promise<unknown>): Promise<unknown> => {
  for (const pauseMs of [200, 600]) {
    const found = await look();
    if (found !== undefined) return found;
    await sleep(pauseMs);
  }
  return look();
};

/** @returns undefined for one that starts nothing: Keptn has events without a stage, too */
const readEvent = (thin: EventRef, found: unknown): KeptnEvent | undefined => {
  const parsed = parseKeptnEvent(found);
  if (parsed.kind === "event") return parsed.event;
  if (parsed.kind === "not-keptn") return undefined;
  throw new IoError(`Keptn's event ${thin.id} cannot be read: it is ${parsed.kind}.`, { retryable: false });
};

/** What shipyard-controller triggered and what is not complete, aborted or timed out (eventhandler.go, GetTriggeredEvents). */
const findOpen = async (api: KeptnApi, { id, type, project }: EventRef): Promise<unknown> => {
  const query = new URLSearchParams({ eventID: id, project });
  const found = await api.call<Found>({
    path: `controlPlane/v1/event/triggered/${encodeURIComponent(type)}?${query}`,
    shape: events,
    absent: { messages: ["project not found"], value: {} },
  });
  return found.events?.find((event) => event.id === id);
};

const findStored = async (api: KeptnApi, { id, type, project }: EventRef): Promise<unknown> => {
  const query = new URLSearchParams({ project, type, eventID: id });
  const found = await api.call<Found>({ path: `mongodb-datastore/event?${query}`, shape: events });
  return found.events?.find((event) => event.id === id);
};
