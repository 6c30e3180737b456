// When Keptn takes a task for complete, and with which result: shipyard-controller/models/sequence_execution.go.
import { type Json, merge } from "./merge.ts";

/** What Keptn keeps of an answer. */
export interface TaskEvent {
  readonly eventType: string;
  readonly source: string;
  readonly result: string;
  readonly status: string;
  readonly time: string;
  readonly properties: Json | null;
}

export interface TaskResult {
  readonly result: string;
  readonly status: string;
  /** The data of all finished events, joined. */
  readonly properties: Json;
}

export const countOf = (events: readonly TaskEvent[], kind: "started" | "finished"): number =>
  events.filter((event) => event.eventType.endsWith(`.${kind}`)).length;

/** As many finished as started, and more than none; who sent them is not asked (IsFinished). */
export const isComplete = (events: readonly TaskEvent[]): boolean => {
  const finished = countOf(events, "finished");
  return finished > 0 && finished === countOf(events, "started");
};

/** CompleteCurrentTask. */
export const resultOf = (events: readonly TaskEvent[]): TaskResult => {
  const finished = events.filter((event) => event.eventType.endsWith(".finished"));
  const properties = finished.reduce<unknown>((all, event) => merge(all, event.properties), undefined) as Json;
  const status = statusOf(finished.map((event) => event.status));
  const result = status === "unknown" ? "fail" : worstOf(finished.map((event) => event.result));
  return { result, status, properties };
};

/** Whatever is neither pass nor warning is a failure (IsFailed). */
const worstOf = (results: readonly string[]): string => {
  if (results.some((result) => result !== "pass" && result !== "warning")) return "fail";
  return results.includes("warning") ? "warning" : "pass";
};

const statusOf = (statuses: readonly string[]): string => {
  if (statuses.includes("errored")) return "errored";
  if (statuses.includes("aborted")) return "aborted";
  return statuses.every((status) => status === "succeeded") ? "succeeded" : "unknown";
};
