// Parses the annotations of a run's Jobs. Others can write there too: malformed annotations are treated as absent.
import type { Envelope } from "../event/keptn-event.ts";
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
  const value = read(text, (found): found is WrittenLease & Fields => {
    const { by, at, leaseSeconds } = found;
    return isText(by) && isText(at) && isOptional(leaseSeconds, isNumber);
  });
  if (!value) return undefined;
  const { by: holderIdentity, at: renewTime, leaseSeconds } = value;
  return { holderIdentity, renewTime, ...(leaseSeconds ? { leaseSeconds } : {}) };
};

/** A {@link Lease} as it stands in its annotation. */
interface WrittenLease {
  readonly by: string;
  readonly at: string;
  readonly leaseSeconds?: number;
}

/** @param tasks number of tasks in the run */
export const parseEnd = (text: string | undefined, tasks: number): End | undefined =>
  read(text, (value): value is End & Fields => {
    const { kind, task, why } = value;
    if (kind === "passed") return true;
    if (!Number.isInteger(task) || (task as number) < 0 || (task as number) >= tasks) return false;
    if (kind === "could-not-start" || kind === "refused") return typeof why === "string";
    return kind === "failed" || kind === "deleted" || kind === "incomplete";
  });

export type Fields = Readonly<Record<string, unknown>>;

/** @param isOurs checks the form */
export const read = <T>(text: string | undefined, isOurs: (value: Fields) => value is T & Fields): T | undefined => {
  if (!text) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return isFields(value) && isOurs(value) ? value : undefined;
  } catch {
    return undefined;
  }
};

const isTaskRef = (value: unknown): value is TaskRef => {
  if (!isFields(value)) return false;
  const { namespace, name, task, ttlSeconds } = value;
  return isText(namespace) && isText(name) && typeof task === "string" && isNumber(ttlSeconds);
};

/** A cycle would keep its run open forever. */
const isGraph = (value: unknown, size: number): boolean => {
  if (!isFields(value) || !isOptional(value["failFast"], (one) => typeof one === "boolean")) return false;
  const { tasks } = value;
  const isTask = (task: unknown) => isGraphTask(task, size);
  return Array.isArray(tasks) && tasks.length === size && tasks.every(isTask) && !cycleOf(nodesOf({ tasks }));
};

const isGraphTask = (value: unknown, size: number): value is GraphTask => {
  if (!isFields(value)) return false;
  const { needs, when, onError } = value;
  const isPlace = (one: unknown) => Number.isInteger(one) && (one as number) >= 0 && (one as number) < size;
  const isOrdered = isOptional(needs, (all) => Array.isArray(all) && all.every(isPlace));
  const isWhen = isOptional(when, (one) => one === "failure" || one === "always");
  return isOrdered && isWhen && isOptional(onError, (one) => one === "warn" || one === "continue");
};

const isSibling = (value: unknown): value is Sibling => {
  if (!isFields(value)) return false;
  const { runId, action, source, namespaces } = value;
  return [runId, action, source].every(isText) && Array.isArray(namespaces) && namespaces.every(isText);
};

export const isFields = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);

export const isTextMap = (value: unknown): value is Readonly<Record<string, string>> =>
  isFields(value) && Object.values(value).every((one) => typeof one === "string");

const isText = (value: unknown): value is string => typeof value === "string" && value !== "";
const isNumber = (value: unknown): value is number => typeof value === "number";
/** Go writes missing values as null. */
export const isOptional = (value: unknown, is: (value: unknown) => boolean): boolean =>
  value === undefined || value === null || is(value);

/** Whether it is a {@link LogText}. */
export const isLog = (value: unknown): boolean => {
  if (!isFields(value)) return false;
  const { head, tail, cutBytes } = value;
  return typeof head === "string" && typeof tail === "string" && isOptional(cutBytes, isNumber);
};
