// Environment of a task's container. Our variables and the event's labels come first, so the task's own can use and replace them.
import { stringify, type Tags } from "yaml";
import type { WantedValue } from "../annotations/wanted-values.ts";
import type { TaskEnv } from "../config/schema.ts";
import { taskNamedIn } from "../config/task-path.ts";
import { isWholeSecret } from "../config/whole-secret.ts";
import type { KeptnEvent } from "../event/keptn-event.ts";
import { type ExactNumber, isExactNumber } from "../json/exact-json.ts";
import { findPath } from "../jsonpath/jsonpath.ts";
import type { Container, EnvVar } from "../kubernetes.ts";
import type { TaskProblem } from "../plan/task-problem.ts";
import { utf8Bytes } from "../text/log-text.ts";
import { quote } from "../yaml/scalars.ts";
import { literal } from "./literal.ts";

export interface Environment {
  readonly env: EnvVar[];
  readonly envFrom: NonNullable<Container["envFrom"]>;
  readonly problems: readonly TaskProblem[];
  /** Values it needs from the results of earlier tasks. */
  readonly wanted: readonly WantedValue[];
}

/** How a task finds the results of earlier tasks. */
interface EarlierTasks {
  /** Name of the ConfigMap with their values. */
  readonly configMap: string;
  /** Index of each task of the action, by name. */
  readonly places: ReadonlyMap<string, number>;
}

/** File for a container's result; Kubernetes keeps its content when the container ends. */
export const resultPath = "/dev/termination-log";

/** The kernel's limit for one NAME=value (MAX_ARG_STRLEN, 128 KiB with the final zero byte). */
export const maxBytes = 128 * 1024 - 1;

/** Limit for all values from the event together: half of the kernel's limit, and within the object size limit of Kubernetes. */
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

/** A reference to one key. Kubernetes resolves it; we read neither Secrets nor ConfigMaps. */
const referenceOf = ({ name, valueFrom, secret, configMap }: TaskEnv): EnvVar | undefined => {
  if (valueFrom === "secret" && secret) return { name, valueFrom: { secretKeyRef: keyOf(secret) } };
  return valueFrom === "configMap" && configMap
    ? { name, valueFrom: { configMapKeyRef: keyOf(configMap) } }
    : undefined;
};

/**
 * Not `optional`, because then a task could run without its value: a kubelet may see a ConfigMap later than the pod, and an old
 * finish-task would release the task without creating one.
 */
const ofTask = ({ name, valueFrom }: TaskEnv, index: number, { configMap }: EarlierTasks): EnvVar | undefined =>
  valueFrom === "task" ? { name, valueFrom: { configMapKeyRef: { name: configMap, key: keyAt(index) } } } : undefined;

/** Variable names can be longer than a key, and are not unique. */
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

/** Variables of every task. */
const givenTo = ({ data }: KeptnEvent): EnvVar[] => [
  { name: "KEPTN_RESULT", value: resultPath },
  { name: "KEPTN_PROJECT", value: literal(data.project) },
  { name: "KEPTN_STAGE", value: literal(data.stage) },
  { name: "KEPTN_SERVICE", value: literal(data.service) },
  ...labelVariables(data.labels ?? {}),
];

/** `build-id` -> LABELS_BUILD_ID, in alphabetical order; if labels map to the same name, the last one counts. */
export const labelVariables = (labels: Readonly<Record<string, string>>): EnvVar[] => {
  const byName = new Map<string, string>();
  for (const key of Object.keys(labels).sort()) {
    byName.set(`LABELS_${key.toUpperCase().replace(/[^A-Z0-9_.]/g, "_")}`, literal(labels[key] ?? ""));
  }
  return [...byName].map(([name, value]) => ({ name, value }));
};

/** Text stays as it is; anything else is written as JSON. */
export const textOf = (value: unknown, as: string | undefined): string => {
  const format = formatOf(as);
  if (format === "yaml") return stringify(value, { lineWidth: 0, compat: "yaml-1.1", customTags: withExactNumbers });
  return typeof value === "string" && format !== "json" ? value : JSON.stringify(value);
};

const formatOf = (as: string | undefined): "json" | "yaml" | undefined => {
  const format = as?.toLowerCase();
  return format === "json" || format === "yaml" ? format : undefined;
};

/** Written as in JSON, which is valid YAML. */
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
  message: `the environment variable ${name} needs ${quote(value)}, but the event has no value there.`,
  fix: "Use a value that every event of this type has, or restrict the action's events with `jsonpath`.",
  field: ["env", index, "value"],
});

const isTooLong = ({ name, value }: EnvVar): boolean => utf8Bytes(`${name}=${value}`) > maxBytes;

/** @returns an empty path for a variable that is not the task's own */
const indexOf = (entries: readonly TaskEnv[], variable: string): number[] => {
  const index = entries.findIndex((entry) => entry.name === variable && !isWholeSecret(entry));
  return index < 0 ? [] : [index];
};

const hasNul = ({ value = "" }: EnvVar): boolean => value.includes("\0");

const nulInside = ({ name }: EnvVar, field: TaskProblem["field"]): TaskProblem => ({
  code: "nul-in-value",
  message: `the environment variable ${name} contains the character U+0000 (NUL), which cannot be passed to a program.`,
  fix: "Use a part of the event without it, or write it as JSON (`as: json`).",
  field,
});

const tooLong = ({ name }: EnvVar, field: TaskProblem["field"]): TaskProblem => ({
  code: "env-too-long",
  message: `the environment variable ${name} is longer than Linux allows (${maxBytes} bytes).`,
  fix: "Use a smaller part of the event.",
  field,
});

const tooMuch: TaskProblem = {
  code: "env-too-long",
  message: `its environment variables take more than ${maxAllBytes} bytes from the event.`,
  fix: "Use a smaller part of the event.",
  field: ["env"],
};
