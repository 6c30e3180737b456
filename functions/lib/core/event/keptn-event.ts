// Parses a CloudEvent as a Keptn event, and extracts the part that a run stores.
import { isRecord, isText } from "../json/exact-json.ts";
import { errorProblem, type Problem } from "../problem.ts";
import { beyondLimits } from "./event-limits.ts";

/** A Keptn event as it arrives, extensions at the top level (reference: Keptn 1.x, KeptnContextExtendedCE). */
export interface KeptnEvent {
  readonly id: string;
  readonly type: string;
  readonly source: string;
  readonly specversion?: string;
  /** RFC 3339. */
  readonly time?: string;
  readonly shkeptncontext: string;
  readonly triggeredid?: string;
  readonly gitcommitid?: string;
  readonly shkeptnspecversion?: string;
  readonly data: KeptnData;
}

interface KeptnData {
  readonly project: string;
  readonly stage: string;
  readonly service: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly [key: string]: unknown;
}

/** The part of an event that its run stores: enough to answer it, small enough for an annotation. */
export interface Envelope
  extends Pick<KeptnEvent, "id" | "type" | "source" | "shkeptncontext" | "gitcommitid">,
    Pick<KeptnData, "project" | "stage" | "service" | "labels"> {}

export const envelopeOf = (event: KeptnEvent): Envelope => ({
  id: event.id,
  type: event.type,
  source: event.source,
  shkeptncontext: event.shkeptncontext,
  ...(event.gitcommitid ? { gitcommitid: event.gitcommitid } : {}),
  project: event.data.project,
  stage: event.data.stage,
  service: event.data.service,
  ...(event.data.labels ? { labels: event.data.labels } : {}),
});

export type ParsedEvent =
  | { readonly kind: "event"; readonly event: KeptnEvent }
  /** Without shkeptncontext: Keptn's webhook-service cannot forward all of an event (docs/webhook-route.md). */
  | { readonly kind: "thin"; readonly id: string; readonly type: string; readonly project: string }
  | { readonly kind: "not-keptn"; readonly why: string }
  | { readonly kind: "malformed"; readonly problems: readonly Problem[] };

const malformed = (message: string, fix: string): Problem => errorProblem("malformed-event", message, fix);

const requiredAttributes = ["id", "type", "source"] as const;
const scope = ["project", "stage", "service"] as const;

/** @param value a CloudEvent with its extensions as properties and JSON data parsed, as `cloudevents` and Keptn's API give it */
export const parseKeptnEvent = (value: unknown): ParsedEvent => {
  if (!isRecord(value))
    return { kind: "malformed", problems: [malformed("The event is not a JSON object.", "Send a CloudEvent.")] };
  const missing = requiredAttributes.filter((name) => !isText(value[name]));
  if (missing.length > 0) {
    const problems = missing.map((name) =>
      malformed(`The CloudEvent has no ${name}.`, `Set the attribute \`${name}\` (CloudEvents 1.0, section 3.1.1).`),
    );
    return { kind: "malformed", problems };
  }
  const type = value["type"] as string;
  if (!type.startsWith("sh.keptn.")) return { kind: "not-keptn", why: `the type ${type} is not Keptn's` };
  return parseData(value, type);
};

const parseData = (value: Record<string, unknown>, type: string): ParsedEvent => {
  const data = isRecord(value["data"]) ? value["data"] : {};
  const { project } = data;
  const beyond = beyondLimits(value, data);
  if (beyond.length > 0)
    return { kind: "malformed", problems: beyond.map((flaw) => malformed(flaw, "Keptn does not send such events.")) };
  // webhook-service sends only IDs, and at least the project of the data. A full event always has its context.
  if (isText(project) && typeof value["shkeptncontext"] !== "string")
    return { kind: "thin", id: value["id"] as string, type, project };
  const absent = scope.filter((name) => !isText(data[name]));
  if (absent.length > 0 && isOfNoStage(type, absent))
    return { kind: "not-keptn", why: `${type} has no ${absent.join(" and no ")}: no sequence waits for it` };
  const problems = absent.map((name) =>
    malformed(`The event ${value["id"]} has no data.${name}.`, "Set project, stage and service, as in Keptn's events."),
  );
  if (!isText(value["shkeptncontext"])) {
    const message = `The event ${value["id"]} has no shkeptncontext.`;
    problems.push(malformed(message, "Send the event with Keptn's extension attributes."));
  }
  return problems.length > 0 ? { kind: "malformed", problems } : { kind: "event", event: makeEvent(value, data) };
};

/**
 * Some Keptn events are not triggered by a sequence: `configure-monitoring.triggered` without a stage (go-sdk,
 * ConfigureMonitoringTriggeredEventData), `service.create.finished`, `log.error`. With PUBSUB_TOPIC=sh.keptn.> they arrive here, and are
 * valid.
 */
const isOfNoStage = (type: string, absent: readonly string[]): boolean =>
  !expectsFinished(type) || (absent.length === 1 && absent[0] === "stage");

const optional = ["specversion", "triggeredid", "gitcommitid", "shkeptnspecversion"] as const;

const makeEvent = (value: Record<string, unknown>, data: Record<string, unknown>): KeptnEvent => {
  const { temporaryData: _, labels, ...rest } = data;
  const extra = Object.fromEntries(optional.flatMap((name) => (isText(value[name]) ? [[name, value[name]]] : [])));
  const time = value["time"];
  return {
    id: value["id"] as string,
    type: value["type"] as string,
    source: value["source"] as string,
    ...(typeof time === "string" ? { time } : {}),
    shkeptncontext: value["shkeptncontext"] as string,
    ...extra,
    data: { ...rest, ...(isRecord(labels) ? { labels: textLabels(labels) } : {}) } as unknown as KeptnData,
  };
};

/** Keptn's labels are a map of strings. Other values are kept as JSON text. */
const textLabels = (labels: Record<string, unknown>): Record<string, string> =>
  Object.fromEntries(Object.entries(labels).map(([k, v]) => [k, typeof v === "string" ? v : JSON.stringify(v)]));

/** `sh.keptn.event.test.triggered` -> `sh.keptn.event.test.finished` */
export const typeOfKind = (type: string, kind: "started" | "finished"): string =>
  `${type.slice(0, type.lastIndexOf("."))}.${kind}`;

/** A task's triggered event (5 parts): only those are answered (go-sdk, keptn.go:216). */
export const expectsFinished = (type: string): boolean => /^sh\.keptn\.event\.[^.]+\.triggered$/.test(type);

/** Keptn counts answers only to events that its shipyard-controller triggered. */
export const isCounted = (event: { readonly source: string }): boolean => event.source === "shipyard-controller";

/** Project of the event that `job-executor check` sends: Keptn does not know its IDs, so it starts no run. */
export const dryEventProject = "job-executor-check";
