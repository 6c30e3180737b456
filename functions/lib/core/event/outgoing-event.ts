// The shape of events that are sent to Keptn.

/** An event as `POST v1/event` accepts it (K/api/models/keptn_context_extended_c_e.go); Keptn sets id and time. */
export interface OutgoingEvent {
  readonly specversion: "1.0";
  readonly type: string;
  readonly source: string;
  readonly contenttype: "application/json";
  readonly shkeptncontext: string;
  readonly triggeredid: string;
  readonly gitcommitid?: string;
  readonly shkeptnspecversion: "0.2.4";
  readonly data: Readonly<Record<string, unknown>>;
}
