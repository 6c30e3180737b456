// How Keptn joins the data of finished events with what it has: shipyard-controller/internal/common/utils.go, Merge.

export type Json = Record<string, unknown>;

export const isMap = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Neither argument is changed. */
export const merge = (older: unknown, newer: unknown): unknown => {
  if (older === undefined || older === null) return newer ?? {};
  if (Array.isArray(older)) return mergeArrays(older, newer);
  if (isMap(older)) return isMap(newer) || newer == null ? mergeMaps(older, newer ?? {}) : newer;
  if (typeof older === "string") return newer ?? "";
  return older; // numbers and booleans keep what they were first
};

/** New entries come first (keptn/keptn#7627). */
const mergeArrays = (older: readonly unknown[], newer: unknown): unknown =>
  Array.isArray(newer) || newer == null ? [...(newer ?? []), ...older] : newer;

const mergeMaps = (older: Json, newer: Json): Json => {
  const merged: Json = { ...older };
  for (const [key, value] of Object.entries(newer)) {
    merged[key] = older[key] === undefined || older[key] === null ? value : merge(older[key], value);
  }
  return merged;
};
