// Keptn's control plane for a program that polls events: our subscriptions, and open events.
import type { Envelope, KeptnEvent } from "../lib/core/event/keptn-event.ts";
import type { Settings } from "../lib/core/settings/settings.ts";
import type { Listing, Search } from "../lib/core/source/plan-poll.ts";
import type { Project } from "../lib/core/source/project.ts";
import { connectApi } from "../lib/keptn/api.ts";
import { getEventCounts } from "../lib/keptn/events.ts";
import { type ListedEvent, listOpen } from "../lib/keptn/open-events.ts";
import type { EventRef } from "../lib/keptn/ports.ts";
import { listProjects } from "../lib/keptn/projects.ts";
import { isAnswered, listStored } from "../lib/keptn/stored-events.ts";
import { type GetSubscriptions, makeSubscriptions } from "../lib/keptn/subscriptions.ts";
import { getOpen } from "../lib/keptn/triggered.ts";

export interface KeptnClient {
  readonly getSubscriptions: GetSubscriptions;
  /** @throws IoError */
  listProjects(): Promise<readonly Project[]>;
  /** Open events as Keptn returns them: pages, oldest first. An event may be listed twice. @throws IoError */
  listOpen(listing: Listing, pageSize?: number): AsyncIterable<readonly ListedEvent[]>;
  /** Whether Keptn already accepts responses to this event; some are listed earlier. @throws IoError */
  isCurrent(event: Envelope): Promise<boolean>;
  /** An open event in full. @throws IoError */
  getOpen(event: EventRef): Promise<KeptnEvent | undefined>;
  /** Events that are not in that list, because Keptn did not trigger them: oldest first. @throws IoError */
  listStored(search: Search, since: Date): Promise<readonly KeptnEvent[]>;
  /** Whether anybody has responded to one of those. @throws IoError */
  isAnswered(event: KeptnEvent): Promise<boolean>;
}

/** @param settings validated by `checkKeptnSettings`; no request is sent yet */
export const connectKeptnClient = (settings: Settings): KeptnClient => {
  const api = connectApi(settings);
  return {
    getSubscriptions: makeSubscriptions(api, settings),
    listProjects: () => listProjects(api),
    listOpen: (listing, pageSize) => listOpen(api, listing, pageSize),
    isCurrent: async (event) => (await getEventCounts(api, event, settings.KEPTN_SOURCE)).kind === "current",
    getOpen: (event) => getOpen(api, event),
    listStored: (search, since) => listStored(api, search, since),
    isAnswered: (event) => isAnswered(api, event),
  };
};
