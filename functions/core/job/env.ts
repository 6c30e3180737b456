// Environment of a task's container: ours and the event's labels first, so that the task's own can use and replace them.
import { stringify, type Tags } from "yaml";
import { findPath } from "../config/jsonpath.ts";
import { quote } from "../config/scalars.ts";
import type { TaskEnv } from "../config/schema.ts";
import { taskNamedIn } from "../config/task-path.ts";
import { isWholeSecret } from "../config/whole-secret.ts";
import { type ExactNumber, isExactNumber } from "../exact-json.ts";
import type { KeptnEvent } from "../keptn-event.ts";
import type { Container, EnvVar } from "../kubernetes.ts";
import { utf8Bytes } from "../log-text.ts";
import type { WantedValue } from "../wanted-values.ts";
import { literal } from "./literal.ts";
import type { TaskProblem } from "./task-problem.ts";

export interface Environment {
  readonly env: EnvVar[];
  readonly envFrom: NonNullable<Container["envFrom"]>;
  readonly problems: readonly TaskProblem[];
  /** What it takes from the results of tasks before it. */
  readonly wanted: readonly WantedValue[];
}

/** How a task finds what tasks before it wrote. */
interface EarlierTasks {
  /** Name of the ConfigMap with their values. */
  readonly configMap: string;
  /** Places of the action's tasks, by their names. */
  readonly places: ReadonlyMap<string, number>;
}

/** Where a container writes its result; Kubernetes keeps what stands there when it ends. */
export const resultPath = "/dev/termination-log";

/** A single NAME=value that the kernel takes (MAX_ARG_STRLEN, 128 KiB with a zero at the end). */
export const maxBytes = 128 * 1024 - 1;

/** Of all values from the event together: what the kernel takes is twice as much, and what an object in Kubernetes may have. */
const maxAllBytes = 1024 * 1024;

export interface EnvironmentInput {
  readonly event: KeptnEvent;
  /** See eventDocumentOf. */
  readonly document: unknown;
  readonly earlier: EarlierTasks;
}

export const planEnvironment = (
  entries: readonly TaskEnv[],
  { event, document, earlier }: EnvironmentInput,
): Environment => {
  const problems: TaskProblem[] = [];
  let bytes = 0;
  const own = entries.flatMap((entry, index): EnvVar[] => {
    if (isWholeSecret(entry) || bytes > maxAllBytes) return [];
    const reference = referenceOf(entry) ?? ofTask(entry, index, earlier);
    if (reference) return [reference];
    if (entry.valueFrom === "string") return [{ name: entry.name, value: entry.value }];
    const found = findPath(entry.value, document);
    if (!found) problems.push(missingPath(entry, index));
    const value = found && literal(textOf(found.value, entry.as));
    bytes += utf8Bytes(value ?? "");
    return value === undefined ? [] : [{ name: entry.name, value }];
  });
  if (bytes > maxAllBytes) problems.push(tooMuch);
  const names = new Set(own.map(({ name }) => name));
  const env = [...givenTo(event).filter(({ name }) => !names.has(name)), ...own];
  const fieldOf = ({ name }: EnvVar) => ["env", ...indexOf(entries, name)];
  problems.push(...env.filter(isTooLong).map((variable) => tooLong(variable, fieldOf(variable))));
  problems.push(...env.filter(hasNul).map((variable) => nulInside(variable, fieldOf(variable))));
  const secrets = entries.filter(isWholeSecret);
  const wanted = entries.flatMap((entry, index) => wantedBy(entry, index, earlier));
  return { env, envFrom: secrets.map(({ name }) => ({ secretRef: { name } })), problems, wanted };
};

/** One key, which Kubernetes puts in: we read neither Secrets nor ConfigMaps. */
const referenceOf = ({ name, valueFrom, secret, configMap }: TaskEnv): EnvVar | undefined => {
  if (valueFrom === "secret" && secret) return { name, valueFrom: { secretKeyRef: keyOf(secret) } };
  return valueFrom === "configMap" && configMap
    ? { name, valueFrom: { configMapKeyRef: keyOf(configMap) } }
    : undefined;
};

/**
 * Not `optional`: without its ConfigMap the task would run without its value. A kubelet may hear of a ConfigMap later than of a pod, and
 * a version of finish-task that knows nothing of values would release the task without it.
 */
const ofTask = ({ name, valueFrom }: TaskEnv, index: number, { configMap }: EarlierTasks): EnvVar | undefined =>
  valueFrom === "task" ? { name, valueFrom: { configMapKeyRef: { name: configMap, key: keyAt(index) } } } : undefined;

/** Names of variables may be longer than a key, and there may be two of one name. */
const keyAt = (index: number): string => `env-${index}`;

const wantedBy = ({ name, valueFrom, value, as }: TaskEnv, index: number, { places }: EarlierTasks): WantedValue[] => {
  const task = valueFrom === "task" ? places.get(taskNamedIn(value) ?? "") : undefined;
  if (task === undefined) return [];
  const format = formatOf(as);
  return [{ name, key: keyAt(index), task, path: value, ...(format ? { as: format } : {}) }];
};

const keyOf = ({ name, key, optional }: NonNullable<TaskEnv["secret"]>) => ({
  ...{ name, key },
  ...(optional ? { optional } : {}),
});

/** What every task gets. */
const givenTo = ({ data }: KeptnEvent): EnvVar[] => [
  { name: "KEPTN_RESULT", value: resultPath },
  { name: "KEPTN_PROJECT", value: literal(data.project) },
  { name: "KEPTN_STAGE", value: literal(data.stage) },
  { name: "KEPTN_SERVICE", value: literal(data.service) },
  ...labelVariables(data.labels ?? {}),
];

/** `build-id` -> LABELS_BUILD_ID, in alphabetical order; of labels that come to the same name the last one counts. */
export const labelVariables = (labels: Readonly<Record<string, string>>): EnvVar[] => {
  const byName = new Map<string, string>();
  for (const key of Object.keys(labels).sort()) {
    byName.set(`LABELS_${key.toUpperCase().replace(/[^A-Z0-9_.]/g, "_")}`, literal(labels[key] ?? ""));
  }
  return [...byName].map(([name, value]) => ({ name, value }));
};

/** A text stays as it is, all else is JSON. */
export const textOf = (value: unknown, as: string | undefined): string => {
  const format = formatOf(as);
  if (format === "yaml") return stringify(value, { lineWidth: 0, compat: "yaml-1.1", customTags: withExactNumbers });
  return typeof value === "string" && format !== "json" ? value : JSON.stringify(value);
};

const formatOf = (as: string | undefined): "json" | "yaml" | undefined => {
  const format = as?.toLowerCase();
  return format === "json" || format === "yaml" ? format : undefined;
};

/** Written as in JSON, which is YAML too. */
const exactNumber = {
  tag: "tag:yaml.org,2002:float",
  default: true,
  identify: isExactNumber,
  resolve: (text: string) => text,
  stringify: ({ value }: { readonly value: unknown }) => (value as ExactNumber).rawJSON,
} as const;

const withExactNumbers = (tags: Tags): Tags => [exactNumber, ...tags];

const missingPath = ({ name, value }: TaskEnv, index: number): TaskProblem => ({
  code: "missing-event-value",
  message: `the environment variable ${name} wants ${quote(value)}, and the event has nothing there.`,
  fix: "Name a value that each event of this type has, or narrow the action's events down with `jsonpath`.",
  field: ["env", index, "value"],
});

const isTooLong = ({ name, value }: EnvVar): boolean => utf8Bytes(`${name}=${value}`) > maxBytes;

/** @returns nothing for one that the task did not ask for */
const indexOf = (entries: readonly TaskEnv[], variable: string): number[] => {
  const index = entries.findIndex((entry) => entry.name === variable && !isWholeSecret(entry));
  return index < 0 ? [] : [index];
};

const hasNul = ({ value = "" }: EnvVar): boolean => value.includes("\0");

const nulInside = ({ name }: EnvVar, field: TaskProblem["field"]): TaskProblem => ({
  code: "nul-in-value",
  message: `the environment variable ${name} holds the character U+0000 (NUL), with which no program can be started.`,
  fix: "Take a part of the event without it, or take it as JSON (`as: json`).",
  field,
});

const tooLong = ({ name }: EnvVar, field: TaskProblem["field"]): TaskProblem => ({
  code: "env-too-long",
  message: `the environment variable ${name} is longer than the ${maxBytes} bytes that Linux takes.`,
  fix: "Take a smaller part of the event.",
  field,
});

const tooMuch: TaskProblem = {
  code: "env-too-long",
  message: `its environment variables take more than ${maxAllBytes} bytes from the event.`,
  fix: "Take a smaller part of the event.",
  field: ["env"],
};
