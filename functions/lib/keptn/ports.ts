// What we ask of Keptn, in our words. Its API implements it, and so does a local run.
import type { Envelope, KeptnEvent } from "../core/event/keptn-event.ts";
import type { OutgoingEvent } from "../core/event/outgoing-event.ts";

export interface Keptn {
  /**
   * The event's job/config.yaml from the service level, otherwise stage level (both at the event's commit), otherwise project level (at HEAD).
   * @returns undefined if no level has one
   * @throws IoError for all other errors, including 401, 429 and 5xx
   */
  getJobConfig(event: KeptnEvent): Promise<JobConfigFile | undefined>;
  /**
   * POST v1/event. A 200 means that the event was forwarded, not that it was counted.
   * @throws IoError, with `outcomeUnknown` if Keptn may have received it anyway
   */
  send(event: OutgoingEvent): Promise<void>;
  /** Keptn's event count for this event, from `controlPlane/v1/sequence-execution`. @throws IoError */
  getEventCounts(event: Envelope, source: string): Promise<EventCounts>;
  /**
   * Keptn's own copy of the event with this id, type and project.
   * @param ref with `source`, if known: skips the datastore for events that only the list of open events can have
   * @returns undefined if Keptn does not know the id, or no longer waits for responses to the event
   * @throws IoError
   */
  getEvent(ref: EventRef & { readonly source?: string }): Promise<KeptnEvent | undefined>;
  /**
   * Whether Keptn knows this event and, if Keptn itself triggered it, still waits for responses.
   * @throws IoError
   */
  isOpen(event: EventRef & { readonly source: string }): Promise<boolean>;
  /** Writes to Keptn's error log. Never throws. */
  logError(entry: ErrorLogEntry): Promise<void>;
  /** Registers with Keptn, for its Bridge; rate-limited. Never throws. */
  register(): Promise<void>;
  /** The same Keptn, with a time limit for all calls together: the limit of one event delivery. */
  within(seconds: number): Keptn;
}

export interface ConnectedKeptn extends Keptn {
  /** Opens a connection for the first call in advance. Never throws. */
  preconnect(): void;
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

export type EventCounts =
  /** Keptn waits for responses to this event; with the counts of this source, and of every source. */
  | (SourceCounts & { readonly kind: "current"; readonly bySource: ReadonlyMap<string, SourceCounts> })
  /** The task is complete, aborted or timed out: further events are ignored. `unknown`: Keptn does not know the task at all. */
  | { readonly kind: "over"; readonly unknown?: true };

/** Events that Keptn has counted. */
export interface SourceCounts {
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
