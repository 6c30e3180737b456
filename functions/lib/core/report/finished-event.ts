// The events that answer Keptn: `.started` and `.finished` of a run.
import { type Envelope, typeOfKind } from "../event/keptn-event.ts";
import type { OutgoingEvent } from "../event/outgoing-event.ts";
import { isStructure } from "../json/exact-json.ts";
import { bytesOfLog, cleanText, jsonBytes, shortenLog, utf8Bytes } from "../text/log-text.ts";
import { graphVerdict, type Verdict } from "./graph-report.ts";
import { judgeResult, resultOf, statusOf } from "./judge-result.ts";
import { mergeResults, sayConflicts } from "./merge-results.ts";
import type { TaskResult } from "./result.ts";
import { renderTask, type TaskReport } from "./task-report.ts";

export const makeStarted = (event: Envelope, source: string): OutgoingEvent =>
  makeEvent(event, source, { kind: "started", data: scopeOf(event, mostLabelBytes) });

export interface Finish {
  readonly event: Envelope;
  readonly source: string;
  readonly reports: readonly TaskReport[];
  /** One per report; undefined if the task left none. */
  readonly results: readonly (TaskResult | undefined)[];
  /** Why the run ended, if not by a task's own end: deleted, incomplete, could not start. */
  readonly problem?: string;
  readonly maxBytes: number;
  /** Tasks may have run in parallel: the worst result counts, and their times overlap. */
  readonly isGraph?: boolean;
}

/** The finished event of a run, never larger than `maxBytes`. */
export const makeFinished = (given: Finish): OutgoingEvent => {
  const reports = given.reports.map((report, index) => judgeResult(report, given.results[index]));
  const finish = { ...given, reports };
  const scope = scopeOf(finish.event, Math.min(mostLabelBytes, finish.maxBytes / 4));
  const data = { ...resultData(finish), ...scope, ...verdictOf(finish), ...testTimes(finish) };
  const build = (values: Readonly<Record<string, unknown>>) =>
    makeEvent(finish.event, finish.source, { kind: "finished", data: values });
  const room = finish.maxBytes - sizeOf(build({ ...data, message: "" }));
  if (room >= 512) return build({ ...data, message: renderMessage(finish, room) });
  // The results leave no room for the message, so they are left out: the verdict matters more.
  const plain = { ...scope, ...verdictOf(finish), ...testTimes({ ...finish, results: [] }) };
  const left = finish.maxBytes - sizeOf(build({ ...plain, message: "" }));
  const note = "The tasks' results (KEPTN_RESULT) were too large for the event and were left out.\n";
  return build({ ...plain, message: note + renderMessage(finish, Math.max(0, left - jsonBytes(note))) });
};

/** The finished event of a run that was never started because the config or a rule forbids it. */
export const makeRefused = (
  event: Envelope,
  source: string,
  { message, maxBytes }: { message: string; maxBytes: number },
): OutgoingEvent => makeFinished({ event, source, reports: [], results: [], problem: message, maxBytes });

const makeEvent = (
  event: Envelope,
  source: string,
  { kind, data }: { readonly kind: "started" | "finished"; readonly data: OutgoingEvent["data"] },
): OutgoingEvent => ({
  specversion: "1.0",
  type: typeOfKind(event.type, kind),
  source,
  contenttype: "application/json",
  shkeptncontext: event.shkeptncontext,
  triggeredid: event.id,
  ...(event.gitcommitid ? { gitcommitid: event.gitcommitid } : {}),
  shkeptnspecversion: "0.2.4",
  data,
});

/** Keptn already has the event's labels: the answer repeats them if there is room. */
const scopeOf = ({ project, stage, service, labels }: Envelope, labelBytes: number) => ({
  project,
  stage,
  service,
  ...(labels && utf8Bytes(JSON.stringify(labels)) <= labelBytes ? { labels } : {}),
});

const mostLabelBytes = 12 * 1024;

/** A task that ran to its end and failed is a result; anything that prevented that end is an error. */
const verdictOf = (finish: Finish): Verdict => {
  if (finish.isGraph && finish.problem === undefined) return graphVerdict(finish.reports, finish.results);
  const failed = finish.reports.find(({ passed }) => !passed);
  if (finish.problem !== undefined || (failed && !failed.ranToEnd)) return { status: "errored", result: "fail" };
  if (failed) return { status: "succeeded", result: "fail" };
  const said = resultData(finish);
  return { status: statusOf(said["status"]), result: resultOf(said["result"]) };
};

const resultData = (finish: Finish): Record<string, unknown> => {
  const merged = finish.results.reduce<Record<string, unknown>>(
    (all, result) => (result?.kind === "data" ? mergeResults(all, result.data) : all),
    {},
  );
  const { message: _, labels: __, ...data } = merged;
  return data;
};

/** Lighthouse takes its evaluation window from the test task (go-sdk: TestFinishedDetails). */
const testTimes = (finish: Finish): Record<string, unknown> => {
  if (finish.event.type !== "sh.keptn.event.test.triggered") return {};
  const [starts, ends] = [timesOf(finish, "startedAt"), timesOf(finish, "endedAt")];
  const [start, end] = [starts.at(0), ends.at(-1)];
  const given = resultData(finish)["test"];
  const times = { ...(start ? { start } : {}), ...(end ? { end } : {}) };
  return { test: mergeResults(times, isStructure(given) ? { ...given } : {}) };
};

/** In the order of the tasks; in a graph, in chronological order. */
const timesOf = ({ reports, isGraph }: Finish, field: "startedAt" | "endedAt"): string[] => {
  const times = reports.flatMap((report) => report[field] ?? []);
  return isGraph ? times.sort((a, b) => Date.parse(a) - Date.parse(b)) : times;
};

const renderMessage = (finish: Finish, limitBytes: number): string => {
  const whole = compose(finish, finish.reports);
  if (jsonBytes(whole) <= limitBytes) return whole;
  const skeleton = jsonBytes(compose(finish, withLogsOf(finish.reports, 0)));
  const logs = finish.reports.flatMap(({ containers }) => containers.map(({ log }) => bytesOfLog(log)));
  const fair = fairShare(logs, limitBytes - skeleton - 80 * logs.length);
  const text = compose(finish, withLogsOf(finish.reports, fair));
  return jsonBytes(text) <= limitBytes ? text : cutEnd(text, limitBytes);
};

const compose = (finish: Finish, reports: readonly TaskReport[]): string => {
  const said = finish.results.flatMap((result, i) => sayResult(result, finish.reports[i]?.task ?? ""));
  const problem = finish.problem === undefined ? [] : [`${finish.problem}\n`];
  return [...problem, ...reports.map(renderTask), ...said, ...sayDifferences(finish)].join("\n");
};

/** More would not be read. */
const mostConflicts = 10;

const sayDifferences = ({ isGraph, results, reports }: Finish): string[] => {
  if (!isGraph) return [];
  const names = reports.map(({ task }) => task);
  const all = sayConflicts(results, names).map(cleanText);
  const more = all.length > mostConflicts ? [`They differ in ${all.length - mostConflicts} more.`] : [];
  const lines = [...all.slice(0, mostConflicts), ...more];
  return lines.length > 0 ? [`${lines.join("\n")}\n`] : [];
};

/** Shows a result's own message, and results that are not objects. */
const sayResult = (result: TaskResult | undefined, task: string): string[] => {
  if (!result || result.kind === "unreadable") return [];
  if (result.kind === "text" || result.kind === "broken")
    return [`Termination message of task '${task}' (not a JSON or YAML object):\n${cleanText(result.text)}\n`];
  const { data, lostAt } = result;
  const message = data["message"];
  const said = typeof message === "string" && message !== "" ? [`${cleanText(message)}\n`] : [];
  if (!lostAt) return said;
  const place = `line ${lostAt.line}, column ${lostAt.column}`;
  return [...said, `The result of task '${task}' has a byte that is not UTF-8 in ${place}.\n`];
};

const withLogsOf = (reports: readonly TaskReport[], limitBytes: number): TaskReport[] =>
  reports.map((report) => ({
    ...report,
    containers: report.containers.map((c) => ({ ...c, log: shortenLog(c.log, limitBytes) })),
  }));

/** The limit per log so that all logs fit: small ones stay whole, large ones share the rest. */
const fairShare = (sizes: readonly number[], room: number): number => {
  let [left, share] = [Math.max(0, room), 0];
  const ascending = [...sizes].sort((a, b) => a - b);
  for (const [i, size] of ascending.entries()) {
    share = Math.floor(left / (ascending.length - i));
    if (size > share) return share;
    left -= size;
  }
  return share + Math.max(0, ...sizes);
};

const cutEnd = (text: string, limitBytes: number): string => {
  const log = shortenLog({ head: text, tail: "", cutBytes: 0 }, Math.max(0, limitBytes - 80));
  const marked = `${log.head}[... left out ...]\n${log.tail}`;
  return jsonBytes(marked) <= limitBytes ? marked : "";
};

const sizeOf = (event: OutgoingEvent): number => utf8Bytes(JSON.stringify(event));
