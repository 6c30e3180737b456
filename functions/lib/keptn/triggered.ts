// Reads events that Keptn published: open ones from its list, all others from its datastore.
import { setTimeout as sleep } from "node:timers/promises";
import * as z from "zod";
import { expectsFinished, isCounted, type KeptnEvent, parseKeptnEvent } from "../core/event/keptn-event.ts";
import { IoError } from "../io-error.ts";
import type { KeptnApi } from "./api.ts";
import type { EventRef } from "./ports.ts";
import { lateShape, type OutputOf } from "./shape.ts";

const events = lateShape(() => z.object({ events: z.array(z.looseObject({ id: z.string() })).nullish() }));

type Found = OutputOf<typeof events>;

/** Events triggered by shipyard-controller are only in its own list, so one request is enough. Other senders' events are searched. */
export const isOpen = async (api: KeptnApi, event: EventRef & { readonly source: string }): Promise<boolean> => {
  return (await (isListed(event) ? findOpen : getEvent)(api, event)) !== undefined;
};

const isListed = ({ source, type }: { readonly source: string; readonly type: string }): boolean =>
  isCounted({ source }) && expectsFinished(type);

/** Reads an open event. */
export const getOpen = async (api: KeptnApi, thin: EventRef): Promise<KeptnEvent | undefined> => {
  const open = await findOpen(api, thin);
  return open === undefined ? undefined : readEvent(thin, open);
};

/** `get-sli.triggered` and other senders' events are only in the datastore. */
export const getEvent = async (
  api: KeptnApi,
  ref: EventRef & { readonly source?: string },
): Promise<KeptnEvent | undefined> => {
  const open = await getOpen(api, ref);
  const { source, type } = ref;
  if (open || (source !== undefined && isListed({ source, type }))) return open;
  const stored = await lookAgain(() => findStored(api, ref));
  const event = stored === undefined ? undefined : readEvent(ref, stored);
  // Events triggered by shipyard-controller stay in its list while they are open.
  return event && isListed(event) ? undefined : event;
};

/** The datastore has the event some milliseconds after its arrival. */
const lookAgain = async (look: () => Promise<unknown>): Promise<unknown> => {
  for (const pauseMs of [200, 600]) {
    const found = await look();
    if (found !== undefined) return found;
    await sleep(pauseMs);
  }
  return look();
};

/** @returns undefined for an event that cannot start anything, for example without a stage */
const readEvent = (thin: EventRef, found: unknown): KeptnEvent | undefined => {
  const parsed = parseKeptnEvent(found);
  if (parsed.kind === "event") return parsed.event;
  if (parsed.kind === "not-keptn") return undefined;
  throw new IoError(`Keptn's event ${thin.id} cannot be read: it is ${parsed.kind}.`, { retryable: false });
};

/** Events triggered by shipyard-controller that are not complete, aborted or timed out (eventhandler.go, GetTriggeredEvents). */
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
