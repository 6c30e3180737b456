// Puts the results of several tasks together. Apart from result.ts, whose YAML parser most runs never need.
import { isRecord } from "./exact-json.ts";
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
  /** Places of the results that differ in it, in their order: the last one counts. */
  readonly tasks: readonly number[];
}

/** Where several results say different things, in the order of their paths. Of words about the result the worst counts. */
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

/** A sentence for each. @param tasks names, one for each result */
export const sayConflicts = (results: readonly (TaskResult | undefined)[], tasks: readonly string[]): string[] =>
  conflictsOf(results).map(({ path, tasks: places }) => {
    const names = places.map((place) => `'${tasks[place] ?? "?"}'`);
    return `The results of ${names.slice(0, -1).join(", ")} and ${names.at(-1)} differ in ${path}: that of ${names.at(-1)} counts.`;
  });

const leavesOf = (data: Readonly<Record<string, unknown>>, above: string): (readonly [string, string])[] =>
  Object.entries(data).flatMap(([key, value]) =>
    isRecord(value) ? leavesOf(value, `${above}${key}.`) : [[`${above}${key}`, JSON.stringify(value)] as const],
  );
