// What a task takes from the results of tasks before it, as it is noted on its Job.
import type { Job } from "./kubernetes.ts";
import { annotation } from "./marks.ts";
import { isFields, isOptional } from "./read-marks.ts";

export interface WantedValue {
  /** Of the variable. */
  readonly name: string;
  /** In the ConfigMap that the variable refers to. */
  readonly key: string;
  /** Place of the task that wrote it, from 0. */
  readonly task: number;
  /** As it stands in the config: the name of that task, and the way into its result. */
  readonly path: string;
  /** Not there: a text stays as it is, all else is JSON. */
  readonly as?: "json" | "yaml";
}

/** @returns none where there are none, or none in our form: its pod cannot start then, for its variables refer to what is not there */
export const wantedValuesOf = (job: Job | undefined): readonly WantedValue[] => {
  const text = job?.metadata?.annotations?.[annotation.values];
  if (!text) return [];
  try {
    const values: unknown = JSON.parse(text);
    return Array.isArray(values) && values.every(isWanted) ? values : [];
  } catch {
    return [];
  }
};

const isWanted = (value: unknown): value is WantedValue => {
  if (!isFields(value)) return false;
  const { name, key, task, path, as } = value;
  const isPlace = Number.isInteger(task) && (task as number) >= 0;
  return isPlace && [name, key, path].every(isText) && isOptional(as, (one) => one === "json" || one === "yaml");
};

const isText = (value: unknown): value is string => typeof value === "string" && value !== "";
