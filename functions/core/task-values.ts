// What tasks before it wrote, as the variables of a task: a ConfigMap of its Job, or why there is none.
import { findPath } from "./config/jsonpath.ts";
import { nearest } from "./config/nearest.ts";
import { quote } from "./config/scalars.ts";
import { maxBytes, textOf } from "./job/env.ts";
import { valuesSuffix } from "./job-names.ts";
import type { ConfigMap, Job } from "./kubernetes.ts";
import { oneLine, utf8Bytes } from "./log-text.ts";
import { makeOwnedConfigMap } from "./owned-config-map.ts";
import type { TaskResult } from "./result.ts";
import type { WantedValue } from "./wanted-values.ts";

/** What is left of an earlier task. */
export type Earlier =
  | { readonly kind: "result"; readonly task: string; readonly result: TaskResult }
  /** `why` goes on after "task 'build' ". */
  | { readonly kind: "nothing"; readonly task: string; readonly why: string };

export type Values =
  | { readonly kind: "there"; readonly data: Readonly<Record<string, string>> }
  /** Goes on after "it could not start: ". */
  | { readonly kind: "missing"; readonly why: string };

/** Of all values of a task together: what an object in Kubernetes may have (MaxSecretSize is 1 MiB), with some room. */
const maxAllBytes = 900 * 1024;

/** One sentence is enough for most mistakes; more than a few nobody reads. */
const mostTold = 3;

/** @param earlier of each place that a wanted value names */
export const valuesOf = (wanted: readonly WantedValue[], earlier: ReadonlyMap<number, Earlier>): Values => {
  const found = wanted.map((one) => ({ ...one, ...valueAt(one, earlier.get(one.task)) }));
  const missing = found.flatMap((one) =>
    "why" in one ? [`the variable ${one.name} wants ${quote(one.path)}, and ${one.why}`] : [],
  );
  if (missing.length > 0) {
    const more = missing.length > mostTold ? ` ${missing.length - mostTold} more are not there either.` : "";
    return { kind: "missing", why: missing.slice(0, mostTold).join(" Also, ") + more };
  }
  const data = Object.fromEntries(found.flatMap((one) => ("text" in one ? [[one.key, one.text]] : [])));
  const bytes = Object.values(data).reduce((sum, text) => sum + utf8Bytes(text), 0);
  if (bytes <= maxAllBytes) return { kind: "there", data };
  return { kind: "missing", why: `what it takes from tasks before it has more than ${maxAllBytes} bytes together.` };
};

type Value = { readonly text: string } | { readonly why: string };

const valueAt = ({ name, path, as }: WantedValue, earlier: Earlier | undefined): Value => {
  if (!earlier) return { why: "nobody knows the task that it names." };
  const { task } = earlier;
  if (earlier.kind === "nothing") return { why: `task '${task}' ${earlier.why}` };
  const { result } = earlier;
  if (result.kind !== "data") return { why: `the result of task '${task}' ${whyNoObject(result)}` };
  const found = findPath(path, { [task]: result.data });
  if (!found) return { why: `the result of task '${task}' has nothing there: ${fieldsOf(result.data, path)}` };
  const text = textOf(found.value, as);
  const flaw = flawOf(name, text);
  if (flaw) return { why: flaw };
  if (result.lostAt && text.includes("\ufffd"))
    return { why: `the result of task '${task}' ${notUtf8(result.lostAt)}` };
  return { text };
};

const whyNoObject = (result: Exclude<TaskResult, { readonly kind: "data" }>): string => {
  if (result.kind === "text") return `is no JSON or YAML object, but ${quote(oneLine(result.text).slice(0, 100))}.`;
  return result.kind === "broken" ? `${result.why}.` : notUtf8(result.lostAt);
};

const notUtf8 = ({ line, column }: { readonly line: number; readonly column: number }): string =>
  `is not in UTF-8: line ${line}, column ${column} cannot be read.`;

/** What was there instead. Names, and no values: those may be secret. */
const fieldsOf = (data: Readonly<Record<string, unknown>>, path: string): string => {
  const names = Object.keys(data);
  if (names.length === 0) return "it is empty.";
  const last = /[\p{L}\p{N}_-]+(?=["'\]]*$)/u.exec(path)?.[0] ?? "";
  const meant = nearest(last, names);
  const more = names.length > mostNames ? ` and ${names.length - mostNames} more` : "";
  const told = names.slice(0, mostNames).map((one) => quote(oneLine(one).slice(0, 50)));
  return `it has ${told.join(", ")}${more}.${meant ? ` Did you mean ${quote(meant)}?` : ""}`;
};

const mostNames = 10;

const flawOf = (name: string, text: string): string | undefined => {
  if (text.includes("\0"))
    return "what stands there holds the character U+0000 (NUL), with which no program can be started.";
  if (utf8Bytes(`${name}=${text}`) > maxBytes)
    return `what stands there is longer than the ${maxBytes} bytes that Linux takes.`;
  return undefined;
};

/** @param job as the API server has it */
export const makeValues = (job: Job, data: Readonly<Record<string, string>>): ConfigMap => ({
  ...makeOwnedConfigMap(job, valuesSuffix),
  data: { ...data },
});
