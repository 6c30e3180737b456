// Requests that recover events lost by webhook-service: the connections, Keptn's open events, and the Broker.
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { type Connection, parseConnections } from "../core/connect/connections.ts";
import type { Envelope, KeptnEvent } from "../core/event/keptn-event.ts";
import type { Settings } from "../core/settings/settings.ts";
import type { Listing, Search } from "../core/source/plan-poll.ts";
import type { Project } from "../core/source/project.ts";
import { makeAgent } from "../http/agent.ts";
import { request } from "../http/http.ts";
import { IoError } from "../io-error.ts";
import { connectApi } from "../keptn/api.ts";
import { getEventCounts } from "../keptn/events.ts";
import { type ListedEvent, listOpen } from "../keptn/open-events.ts";
import { listProjects } from "../keptn/projects.ts";
import { isAnswered, listStored } from "../keptn/stored-events.ts";

/** Each throws IoError. */
export interface LostEvents {
  listProjects(): Promise<readonly Project[]>;
  listOpen(listing: Listing): AsyncIterable<readonly ListedEvent[]>;
  listStored(search: Search, since: Date): Promise<readonly KeptnEvent[]>;
  /** Whether Keptn waits for responses to it, and has none from anybody. */
  isUnanswered(event: Envelope): Promise<boolean>;
  isAnswered(event: KeptnEvent): Promise<boolean>;
  /** As a thin event, like webhook-service. */
  post(broker: string, event: KeptnEvent): Promise<void>;
}

/** From the mounted ConfigMap; empty if nothing is connected. */
export const readConnections = async (folder: string): Promise<readonly Connection[]> => {
  const names = await readdir(folder).catch(() => []);
  const files = names.filter((name) => !name.startsWith("."));
  const texts = await Promise.all(files.map((name) => readFile(join(folder, name), "utf8").catch(() => "")));
  return parseConnections(Object.fromEntries(texts.entries()));
};

export const connectLostEvents = (settings: Settings): LostEvents => {
  const api = connectApi(settings);
  return {
    listProjects: () => listProjects(api),
    listOpen: (listing) => listOpen(api, listing, 20),
    listStored: (search, since) => listStored(api, search, since),
    isUnanswered: async (event) => {
      const count = await getEventCounts(api, event, settings.KEPTN_SOURCE);
      if (count.kind !== "current") return false;
      return [...(count.bySource?.values() ?? [])].every(({ started, finished }) => started + finished === 0);
    },
    isAnswered: (event) => isAnswered(api, event),
    post,
  };
};

const post = async (url: string, { id, type, source, data }: KeptnEvent): Promise<void> => {
  const ids = { "ce-specversion": "1.0", "ce-id": id, "ce-type": type, "ce-source": source };
  const headers = { ...ids, "content-type": "application/json" };
  const body = JSON.stringify({ project: data.project });
  const limits = { timeoutMs: 30_000, maxBytes: 64 * 1024 };
  const { status } = await request({ agent: makeAgent({ url }), method: "POST", url, headers, body, ...limits });
  if (status < 200 || status > 299)
    throw new IoError(`The Broker answered ${status}.`, { retryable: true, httpStatus: status });
};
