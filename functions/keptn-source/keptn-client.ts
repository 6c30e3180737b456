// Keptn's control plane for a program that polls events: our subscriptions, and open events.
import type { Envelope, KeptnEvent } from "../lib/core/event/keptn-event.ts";
import type { Settings } from "../lib/core/settings/settings.ts";
import type { Listing, Search } from "../lib/core/source/plan-poll.ts";
import { connectApi } from "../lib/keptn/api.ts";
import { getEventCounts } from "../lib/keptn/events.ts";
import { listOpen } from "../lib/keptn/open-events.ts";
import type { EventRef } from "../lib/keptn/ports.ts";
import { listProjects } from "../lib/keptn/projects.ts";
import { isAnswered, listStored } from "../lib/keptn/stored-events.ts";
import { makeSubscriptions } from "../lib/keptn/subscriptions.ts";
import { getOpen } from "../lib/keptn/triggered.ts";

/** Each method throws IoError. */
export type KeptnClient = ReturnType<typeof connectKeptnClient>;

/** @param settings validated by `checkKeptnSettings`; no request is sent yet */
export const connectKeptnClient = (settings: Settings) => {
  const api = connectApi(settings);
  return {
    getSubscriptions: makeSubscriptions(api, settings),
    listProjects: () => listProjects(api),
    /** Open events as Keptn returns them: pages, oldest first. An event may be listed twice. */
    listOpen: (listing: Listing, pageSize?: number) => listOpen(api, listing, pageSize),
    /** Whether Keptn already accepts responses to this event; some are listed earlier. */
    isCurrent: async (event: Envelope) => (await getEventCounts(api, event, settings.KEPTN_SOURCE)).kind === "current",
    getOpen: (event: EventRef) => getOpen(api, event),
    /** Events that are not in that list, because Keptn did not trigger them: oldest first. */
    listStored: (search: Search, since: Date) => listStored(api, search, since),
    /** Whether anybody has responded to one of those. */
    isAnswered: (event: KeptnEvent) => isAnswered(api, event),
  };
};
