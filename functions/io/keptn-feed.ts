// Keptn's control plane for a program that fetches events from it: what we are subscribed to, and what waits for an answer.
import type { Envelope, KeptnEvent } from "../core/keptn-event.ts";
import type { Settings } from "../core/settings.ts";
import type { Listing, Search } from "../core/source/plan-look.ts";
import type { Project } from "../core/source/project.ts";
import { connectApi } from "./keptn/api.ts";
import { getCount } from "./keptn/events.ts";
import { type ListedEvent, listOpen } from "./keptn/open-events.ts";
import { listProjects } from "./keptn/projects.ts";
import { isAnswered, listStored } from "./keptn/stored-events.ts";
import { type GetSubscriptions, makeSubscriptions } from "./keptn/subscriptions.ts";
import { getOpen } from "./keptn/triggered.ts";
import type { EventRef } from "./keptn.ts";

export interface KeptnFeed {
  readonly getSubscriptions: GetSubscriptions;
  /** @throws IoError */
  listProjects(): Promise<readonly Project[]>;
  /** What waits for answers, as Keptn wrote it: pages, oldest first. An event may come twice. @throws IoError */
  listOpen(listing: Listing, pageSize?: number): AsyncIterable<readonly ListedEvent[]>;
  /** Whether Keptn hears answers to this event already: some are listed before. @throws IoError */
  isCurrent(event: Envelope): Promise<boolean>;
  /** One that is open, in full. @throws IoError */
  getOpen(event: EventRef): Promise<KeptnEvent | undefined>;
  /** Events that are in no such list, because others than Keptn itself triggered them: oldest first. @throws IoError */
  listStored(search: Search, since: Date): Promise<readonly KeptnEvent[]>;
  /** Whether anybody has begun to answer one of those. @throws IoError */
  isAnswered(event: KeptnEvent): Promise<boolean>;
}

/** @param settings that `checkKeptnSettings` has nothing against; nothing is asked of Keptn yet */
export const connectKeptnFeed = (settings: Settings): KeptnFeed => {
  const api = connectApi(settings);
  return {
    getSubscriptions: makeSubscriptions(api, settings),
    listProjects: () => listProjects(api),
    listOpen: (listing, pageSize) => listOpen(api, listing, pageSize),
    isCurrent: async (event) => (await getCount(api, event, settings.KEPTN_SOURCE)).kind === "current",
    getOpen: (event) => getOpen(api, event),
    listStored: (search, since) => listStored(api, search, since),
    isAnswered: (event) => isAnswered(api, event),
  };
};
