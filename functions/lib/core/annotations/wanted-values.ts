// The values that a task takes from the results of earlier tasks, as noted on its Job.
import { isRecord, isText, tryJson } from "../json/exact-json.ts";
import type { Job } from "../kubernetes.ts";
import { annotation } from "./annotations.ts";
import { isIndex, isOptional } from "./parse-annotations.ts";

export interface WantedValue {
  /** Name of the variable. */
  readonly name: string;
  /** Key in the ConfigMap that the variable refers to. */
  readonly key: string;
  /** Index of the task that writes it, from 0. */
  readonly task: number;
  /** As in the config: the name of that task, and the path into its result. */
  readonly path: string;
  /** Undefined: text stays as it is, other values become JSON. */
  readonly as?: "json" | "yaml";
}

/** @returns none also if the annotation is malformed: the pod cannot start then, since its variables refer to a missing ConfigMap */
export const wantedValuesOf = (job: Job | undefined): readonly WantedValue[] => {
  const values = tryJson(job?.metadata?.annotations?.[annotation.values] ?? "");
  return Array.isArray(values) && values.every(isWanted) ? values : [];
};

const isWanted = (value: unknown): value is WantedValue => {
  if (!isRecord(value)) return false;
  const { name, key, task, path, as } = value;
  return isIndex(task) && [name, key, path].every(isText) && isOptional(as, (one) => one === "json" || one === "yaml");
};
