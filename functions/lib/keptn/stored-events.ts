// Reads events from Keptn's datastore that are not in the list of open events, and responses to them.
import * as z from "zod";
import { type KeptnEvent, parseKeptnEvent, typeOfKind } from "../core/event/keptn-event.ts";
import type { Search } from "../core/source/plan-poll.ts";
import type { KeptnApi } from "./api.ts";

const page = z.object({
  events: z.array(z.looseObject({ id: z.string(), triggeredid: z.string().nullish() })).nullish(),
  nextPageKey: z.string().nullish(),
});

type Stored = NonNullable<z.output<typeof page>["events"]>[number];

/** The datastore's largest page. */
const pageSize = "100";

/** Oldest first. @throws IoError */
export const listStored = async (
  api: KeptnApi,
  { type, project }: Search,
  since: Date,
): Promise<readonly KeptnEvent[]> => {
  const found = await list(api, { project, type, fromTime: since.toISOString() });
  const parsed = found.map(parseKeptnEvent);
  return parsed.flatMap((one) => (one.kind === "event" ? [one.event] : [])).toReversed();
};

/** Whether anybody has responded to this event. @throws IoError */
export const isAnswered = async (api: KeptnApi, { id, type, shkeptncontext }: KeptnEvent): Promise<boolean> => {
  const started = await list(api, { keptnContext: shkeptncontext, type: typeOfKind(type, "started") });
  return started.some(({ triggeredid }) => triggeredid === id);
};

const list = async (api: KeptnApi, asked: Readonly<Record<string, string>>): Promise<readonly Stored[]> => {
  const query = new URLSearchParams({ ...asked, pageSize });
  const all: Stored[] = [];
  for (;;) {
    const { events, nextPageKey } = await api.call({ path: `mongodb-datastore/event?${query}`, shape: page });
    all.push(...(events ?? []));
    if (!nextPageKey || nextPageKey === "0") return all;
    query.set("nextPageKey", nextPageKey);
  }
};
