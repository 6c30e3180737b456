// Merges the results of several tasks. Separate from result.ts, whose YAML parser most runs never need.
import { isRecord } from "../json/exact-json.ts";
import type { TaskResult } from "./result.ts";

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

interface Conflict {
  /** `deployment.deploymentURIsLocal` */
  readonly path: string;
  /** Indexes of the results that have this path, in order: the last one counts. */
  readonly tasks: readonly number[];
}

/** Paths with different values in several results, sorted. `result` and `status` are excluded: there the worst counts. */
const conflictsOf = (results: readonly (TaskResult | undefined)[]): readonly Conflict[] => {
  const said = new Map<string, { readonly values: Set<string>; readonly tasks: number[] }>();
  for (const [task, result] of results.entries()) {
    for (const [path, value] of result?.kind === "data" ? leavesOf(result.data, "") : []) {
      if (["result", "status", "message"].includes(path)) continue;
      const one = said.get(path) ?? { values: new Set(), tasks: [] };
      said.set(path, { values: one.values.add(value), tasks: [...one.tasks, task] });
    }
  }
  return [...said]
    .filter(([, { values }]) => values.size > 1)
    .map(([path, { tasks }]) => ({ path, tasks }))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
};

/** One sentence per conflict. @param tasks task names, one for each result */
export const sayConflicts = (results: readonly (TaskResult | undefined)[], tasks: readonly string[]): string[] =>
  conflictsOf(results).map(({ path, tasks: places }) => {
    const names = places.map((place) => `'${tasks[place] ?? "?"}'`);
    return `The results of ${names.slice(0, -1).join(", ")} and ${names.at(-1)} differ in ${path}: the value of ${names.at(-1)} counts.`;
  });

const leavesOf = (data: Readonly<Record<string, unknown>>, above: string): (readonly [string, string])[] =>
  Object.entries(data).flatMap(([key, value]) =>
    isRecord(value) ? leavesOf(value, `${above}${key}.`) : [[`${above}${key}`, JSON.stringify(value)] as const],
  );
