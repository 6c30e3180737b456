// Parses the annotations of a run's Jobs. Others can write there too: malformed annotations are treated as absent.
import type { Envelope } from "../event/keptn-event.ts";
import { isRecord, isText, tryJson } from "../json/exact-json.ts";
import { cycleOf, type GraphTask, nodesOf } from "../run/graph.ts";
import type { End, Lease, RunSpec, Sibling, TaskRef } from "./annotations.ts";

/** @param text of an annotation @returns undefined, as all of these do, if it is malformed */
export const parseRunSpec = (text: string | undefined): RunSpec | undefined =>
  read(text, (value): value is RunSpec & Fields => {
    const { action, silent, source, leaseSeconds, siblings, jobs, graph } = value;
    const head = isText(action) && typeof silent === "boolean" && isText(source) && isOptional(leaseSeconds, isNumber);
    if (!isOptional(siblings, (all) => Array.isArray(all) && all.every(isSibling))) return false;
    if (!head || !Array.isArray(jobs) || jobs.length === 0 || !jobs.every(isTaskRef)) return false;
    return isOptional(graph, (one) => isGraph(one, jobs.length));
  });

export const parseEnvelope = (text: string | undefined): Envelope | undefined =>
  read(text, (value): value is Envelope & Fields => {
    const { id, type, source, shkeptncontext, project, stage, service, gitcommitid, labels } = value;
    const names = [id, type, source, shkeptncontext, project, stage, service];
    return names.every(isText) && isOptional(gitcommitid, isText) && isOptional(labels, isTextMap);
  });

export const parseLease = (text: string | undefined): Lease | undefined => {
  const value = read(text, (found): found is { by: string; at: string; leaseSeconds?: number } & Fields => {
    const { by, at, leaseSeconds } = found;
    return isText(by) && isText(at) && isOptional(leaseSeconds, isNumber);
  });
  if (!value) return undefined;
  const { by: holderIdentity, at: renewTime, leaseSeconds } = value;
  return { holderIdentity, renewTime, ...(leaseSeconds ? { leaseSeconds } : {}) };
};

export const parseEnd = (text: string | undefined, tasks: number): End | undefined =>
  read(text, (value): value is End & Fields => {
    const { kind, task, why } = value;
    if (kind === "passed") return true;
    if (!isIndex(task) || task >= tasks) return false;
    if (kind === "could-not-start" || kind === "refused") return isString(why);
    return kind === "failed" || kind === "deleted" || kind === "incomplete";
  });

export type Fields = Readonly<Record<string, unknown>>;

export const read = <T>(text = "", isOurs: (value: Fields) => value is T & Fields): T | undefined => {
  const value = tryJson(text);
  return isRecord(value) && isOurs(value) ? value : undefined;
};

const isTaskRef = (value: unknown): value is TaskRef => {
  if (!isRecord(value)) return false;
  const { namespace, name, task, ttlSeconds } = value;
  return isText(namespace) && isText(name) && isString(task) && isNumber(ttlSeconds);
};

/** A cycle would keep its run open forever. */
const isGraph = (value: unknown, size: number): boolean => {
  if (!isRecord(value) || !isOptional(value["failFast"], (one) => typeof one === "boolean")) return false;
  const { tasks } = value;
  const isTask = (task: unknown) => isGraphTask(task, size);
  return Array.isArray(tasks) && tasks.length === size && tasks.every(isTask) && !cycleOf(nodesOf({ tasks }));
};

const isGraphTask = (value: unknown, size: number): value is GraphTask => {
  if (!isRecord(value)) return false;
  const { needs, when, onError } = value;
  const isPlace = (one: unknown) => isIndex(one) && one < size;
  const isOrdered = isOptional(needs, (all) => Array.isArray(all) && all.every(isPlace));
  const isWhen = isOptional(when, (one) => one === "failure" || one === "always");
  return isOrdered && isWhen && isOptional(onError, (one) => one === "warn" || one === "continue");
};

const isSibling = (value: unknown): value is Sibling => {
  if (!isRecord(value)) return false;
  const { runId, action, source, namespaces } = value;
  return [runId, action, source].every(isText) && Array.isArray(namespaces) && namespaces.every(isText);
};

export const isTextMap = (value: unknown): value is Readonly<Record<string, string>> =>
  isRecord(value) && Object.values(value).every(isString);

export const isString = (value: unknown): value is string => typeof value === "string";
const isNumber = (value: unknown): value is number => typeof value === "number";
export const isIndex = (value: unknown): value is number => Number.isInteger(value) && (value as number) >= 0;
/** Go writes missing values as null. */
export const isOptional = (value: unknown, is: (value: unknown) => boolean): boolean =>
  value === undefined || value === null || is(value);

export const isLog = (value: unknown): boolean => {
  if (!isRecord(value)) return false;
  const { head, tail, cutBytes } = value;
  return isString(head) && isString(tail) && isOptional(cutBytes, isNumber);
};
