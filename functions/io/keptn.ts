// Keptn's control plane, in our words.
import type { Envelope, KeptnEvent } from "../core/keptn-event.ts";
import type { OutgoingEvent } from "../core/outgoing-event.ts";
import type { Settings } from "../core/settings.ts";
import { connectApi, type KeptnApi } from "./keptn/api.ts";
import { getCount, sendEvent } from "./keptn/events.ts";
import { getJobConfig } from "./keptn/job-config.ts";
import { getEvent, isOpen } from "./keptn/triggered.ts";
import { makeUniform, type Uniform } from "./keptn/uniform.ts";

export interface Keptn {
  /**
   * The event's job/config.yaml: at service, else stage level (both at the event's commit), else project level (at HEAD).
   * @returns undefined when no level has one
   * @throws IoError for everything else, also 401, 429 and 5xx: never "not found"
   */
  getJobConfig(event: KeptnEvent): Promise<JobConfigFile | undefined>;
  /**
   * POST v1/event. A 200 means that it was handed on, not that it was counted.
   * @throws IoError, with `maybeDone` when Keptn may have got it all the same
   */
  send(event: OutgoingEvent): Promise<void>;
  /** What Keptn has counted for this event, asked of `controlPlane/v1/sequence-execution`. @throws IoError */
  getCount(event: Envelope, source: string): Promise<Count>;
  /**
   * The event of this id, type and project as Keptn itself has it.
   * @param ref `source`, where it is known, saves a look into the datastore for what only the list of open events can have
   * @returns undefined when Keptn knows none of this id, or none that still waits for its answers
   * @throws IoError
   */
  getEvent(ref: EventRef & { readonly source?: string }): Promise<KeptnEvent | undefined>;
  /**
   * Whether Keptn knows this event, and still waits for its answers if it is one that Keptn itself triggered.
   * @throws IoError
   */
  isOpen(event: EventRef & { readonly source: string }): Promise<boolean>;
  /** Writes to Keptn's error log. Never throws: a log entry is no reason to fail. */
  logError(entry: ErrorLogEntry): Promise<void>;
  /** Shows Keptn's Bridge that we are there, now and then, however often it is called. Never throws. */
  register(): Promise<void>;
  /** The same Keptn, all of whose calls together end within this time: what a delivery of an event has. */
  within(seconds: number): Keptn;
}

export interface ConnectedKeptn extends Keptn {
  /** Opens a connection for the first call, before there is any. Never throws. */
  openEarly(): void;
}

export interface EventRef {
  readonly id: string;
  readonly type: string;
  readonly project: string;
}

export interface JobConfigFile {
  readonly text: string;
  readonly level: "service" | "stage" | "project";
}

export type Count =
  /** Keptn waits for answers to this event; how many it has from this source, and from every source that it has heard. */
  | (SourceCount & { readonly kind: "current"; readonly bySource: ReadonlyMap<string, SourceCount> })
  /** The task is complete, aborted or timed out: nothing that is sent now is heard. `unknown`: Keptn knows no such task at all. */
  | { readonly kind: "over"; readonly unknown?: true };

/** Answers that Keptn has counted. */
export interface SourceCount {
  readonly started: number;
  readonly finished: number;
}

export interface ErrorLogEntry {
  readonly message: string;
  readonly shkeptncontext?: string;
  readonly triggeredid?: string;
  readonly gitcommitid?: string;
  readonly task?: string;
}

/** @param settings with a KEPTN_API_ENDPOINT; nothing is asked of Keptn yet @throws IoError when KEPTN_CA_FILE cannot be read */
export const connectKeptn = (settings: Settings): ConnectedKeptn => {
  const api = connectApi(settings);
  return { ...keptnOf(api, makeUniform(api, settings)), openEarly: () => api.openEarly() };
};

const keptnOf = (api: KeptnApi, uniform: Uniform): Keptn => ({
  getJobConfig: (event) => getJobConfig(api, event),
  send: (event) => sendEvent(api, event),
  getCount: (event, source) => getCount(api, event, source),
  getEvent: (ref) => getEvent(api, ref),
  isOpen: (event) => isOpen(api, event),
  logError: (entry) => uniform.log(entry, api).catch(() => {}),
  register: () => uniform.register().catch(() => {}),
  within: (seconds) => keptnOf(api.within(seconds), uniform),
});
