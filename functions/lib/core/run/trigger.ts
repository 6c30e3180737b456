// Parses events at finish-task: which run may have work to do. Most changes of a Job cause none.
import { isRunId } from "../annotations/annotations.ts";
import { isSentJob } from "../annotations/sent-job.ts";
import { isRecord, isText } from "../json/exact-json.ts";
import type { Job } from "../kubernetes.ts";
import { errorProblem, type Problem } from "../problem.ts";
import { endOfJob, phaseOf, readRun, stateOf } from "./run-state.ts";

export type ReconcileRequest =
  /** `namespace`: of the Job that changed. `end`: the Job and how it ended, if it has. */
  | { readonly kind: "run"; readonly runId: string; readonly namespace: string; readonly end?: string }
  | { readonly kind: "sweep" }
  | { readonly kind: "nothing"; readonly why: string }
  | { readonly kind: "malformed"; readonly problems: readonly Problem[] };

/** Types that an ApiServerSource sends in mode Resource (eventing: pkg/apis/sources/constants.go). */
const jobChanges = new Set(["add", "update", "delete"].map((verb) => `dev.knative.apiserver.resource.${verb}`));

/** @param value a CloudEvent with its JSON data parsed */
export const parseTrigger = (value: unknown): ReconcileRequest => {
  if (!isRecord(value) || !isText(value["type"])) {
    return malformed(
      "The event is not a CloudEvent: it has no type.",
      "Send events as an ApiServerSource or PingSource does.",
    );
  }
  const { type, data } = value;
  if (isRecord(data) && data["action"] === "sweep") return { kind: "sweep" };
  if (!jobChanges.has(type)) return { kind: "nothing", why: `events of type ${type} are not for finish-task` };
  if (!isSentJob(data)) return malformed("The event contains no Job.", "Use `mode: Resource` in the ApiServerSource.");
  return requestOfJob(data, type);
};

/**
 * Decides from the event alone, without requests. A forged event causes no more than a list of one namespace; the run's other namespaces
 * are read from its Jobs. Our own writes are reported too and must not trigger us again: a lease that is released after a failure would
 * be followed by the next.
 */
const requestOfJob = (job: Job, type: string): ReconcileRequest => {
  const run = readRun([job]);
  const namespace = job.metadata?.namespace;
  if (!run || !namespace || !isRunId(run.id)) return { kind: "nothing", why: "the Job is not one of ours" };
  if (stateOf(job) === "reported" || run.annotations.reported) return { kind: "nothing", why: "its run was reported" };
  if (run.annotations.lease || run.annotations.end) return { kind: "nothing", why: "another delivery holds its run" };
  const phase = phaseOf(job);
  const end = endOfJob(job);
  const gone = type.endsWith(".delete");
  // Every Job leaves the source's watch when its run was reported. Its end was reported before that.
  if (gone && end) return { kind: "nothing", why: "its end was already reported" };
  if (!gone && (phase === "running" || phase === "waiting")) return { kind: "nothing", why: `the task is ${phase}` };
  return { kind: "run", runId: run.id, namespace, ...(end ? { end } : {}) };
};

const malformed = (message: string, fix: string): ReconcileRequest => ({
  kind: "malformed",
  problems: [errorProblem("malformed-event", message, fix)],
});
