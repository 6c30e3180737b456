// Values of earlier tasks as variables of a task: the data of a ConfigMap of its Job, or the reason why a value is missing.
import { valuesSuffix } from "../annotations/job-names.ts";
import type { WantedValue } from "../annotations/wanted-values.ts";
import { nearest } from "../config/nearest.ts";
import { maxBytes, textOf } from "../job/env.ts";
import { findPath } from "../jsonpath/jsonpath.ts";
import type { ConfigMap, Job } from "../kubernetes.ts";
import type { TaskResult } from "../report/result.ts";
import { oneLine, utf8Bytes } from "../text/log-text.ts";
import { quote } from "../yaml/scalars.ts";
import { makeOwnedConfigMap } from "./owned-config-map.ts";

/** What remains of an earlier task. */
export type Earlier =
  | { readonly kind: "result"; readonly task: string; readonly result: TaskResult }
  /** `why` continues "task 'build' ". */
  | { readonly kind: "nothing"; readonly task: string; readonly why: string };

export type Values =
  | { readonly kind: "there"; readonly data: Readonly<Record<string, string>> }
  /** `why` continues "it could not start: ". */
  | { readonly kind: "missing"; readonly why: string };

/** Limit for all values of a task together: Kubernetes' limit for an object (MaxSecretSize, 1 MiB) minus some room. */
const maxAllBytes = 900 * 1024;

/** More sentences would not be read. */
const mostTold = 3;

/** @param earlier the earlier tasks by index */
export const valuesOf = (wanted: readonly WantedValue[], earlier: ReadonlyMap<number, Earlier>): Values => {
  const found = wanted.map((one) => ({ ...one, ...valueAt(one, earlier.get(one.task)) }));
  const missing = found.flatMap((one) =>
    "why" in one ? [`the variable ${one.name} needs ${quote(one.path)}, but ${one.why}`] : [],
  );
  if (missing.length > 0) {
    const more = missing.length > mostTold ? ` ${missing.length - mostTold} more values are missing.` : "";
    return { kind: "missing", why: missing.slice(0, mostTold).join(" Also, ") + more };
  }
  const data = Object.fromEntries(found.flatMap((one) => ("text" in one ? [[one.key, one.text]] : [])));
  const bytes = Object.values(data).reduce((sum, text) => sum + utf8Bytes(text), 0);
  if (bytes <= maxAllBytes) return { kind: "there", data };
  return { kind: "missing", why: `its values from earlier tasks have more than ${maxAllBytes} bytes together.` };
};

type Value = { readonly text: string } | { readonly why: string };

const valueAt = ({ name, path, as }: WantedValue, earlier: Earlier | undefined): Value => {
  if (!earlier) return { why: "the task that it names is unknown." };
  const { task } = earlier;
  if (earlier.kind === "nothing") return { why: `task '${task}' ${earlier.why}` };
  const { result } = earlier;
  if (result.kind !== "data") return { why: `the result of task '${task}' ${whyNoObject(result)}` };
  const found = findPath(path, { [task]: result.data });
  if (!found) return { why: `the result of task '${task}' does not have it: ${fieldsOf(result.data, path)}` };
  const text = textOf(found.value, as);
  const flaw = flawOf(name, text);
  if (flaw) return { why: flaw };
  if (result.lostAt && text.includes("\ufffd"))
    return { why: `the result of task '${task}' ${notUtf8(result.lostAt)}` };
  return { text };
};

const whyNoObject = (result: Exclude<TaskResult, { readonly kind: "data" }>): string => {
  if (result.kind === "text") return `is not a JSON or YAML object: ${quote(oneLine(result.text).slice(0, 100))}.`;
  return result.kind === "broken" ? `${result.why}.` : notUtf8(result.lostAt);
};

const notUtf8 = ({ line, column }: { readonly line: number; readonly column: number }): string =>
  `is not in UTF-8 (line ${line}, column ${column}).`;

/** The names of the fields that exist. Values are not shown, since they may be secret. */
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
  if (text.includes("\0")) return "that value has a NUL character (U+0000), which environment variables cannot hold.";
  if (utf8Bytes(`${name}=${text}`) > maxBytes) return `that value is longer than Linux's limit of ${maxBytes} bytes.`;
  return undefined;
};

/** @param job as the API server returned it */
export const makeValues = (job: Job, data: Readonly<Record<string, string>>): ConfigMap => ({
  ...makeOwnedConfigMap(job, valuesSuffix),
  data: { ...data },
});
