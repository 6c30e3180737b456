// Puts the results of several tasks together. Apart from result.ts, whose YAML parser most runs never need.
import { isRecord } from "./exact-json.ts";

/** Later tasks win; objects are merged, lists are replaced. */
export const mergeResults = (
  into: Readonly<Record<string, unknown>>,
  from: Readonly<Record<string, unknown>>,
): Record<string, unknown> => {
  const merged: Record<string, unknown> = { ...into };
  for (const [key, value] of Object.entries(from)) {
    if (key === "__proto__") continue;
    const old = merged[key];
    merged[key] = isRecord(old) && isRecord(value) ? mergeResults(old, value) : value;
  }
  return merged;
};
