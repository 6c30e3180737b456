// The graph of an action's tasks: which task waits for which.

export type When = "failure" | "always";
export type OnError = "warn" | "continue";

/** As in the config and on the Jobs. Missing fields have their defaults. */
export interface GraphTask {
  /** Indexes of tasks, from 0. Undefined: it follows the tasks before it. */
  readonly needs?: readonly number[];
  /** Undefined: success. */
  readonly when?: When;
  /** Undefined: fail. */
  readonly onError?: OnError;
}

/** One for each task, in the order of the config. */
export interface Graph {
  /** A failure stops tasks that run in parallel. */
  readonly failFast?: boolean;
  readonly tasks: readonly GraphTask[];
}

/** A task with all tasks that it waits for. */
export interface GraphNode {
  /** Tasks that must pass; with `when: failure` and `always` they only must have ended. */
  readonly needs: readonly number[];
  /** Tasks with `when: failure` between it and the task it follows: none of them may have had a reason to run. */
  readonly spared: readonly number[];
  readonly when: "success" | When;
  readonly onError: "fail" | OnError;
}

export const nodesOf = ({ tasks }: Graph): readonly GraphNode[] =>
  tasks.map(({ needs, when, onError }, index) => {
    const given: Pick<GraphNode, "when" | "onError"> = { when: when ?? "success", onError: onError ?? "fail" };
    if (needs) return { needs, spared: [], ...given };
    const before = { needs: [...tasks.keys()].slice(0, index), spared: [] };
    return { ...(when ? before : goesOnFrom(tasks, index)), ...given };
  });

/** Goes back to the nearest task without `when`, past those with `when`. */
const goesOnFrom = (tasks: readonly GraphTask[], index: number): Pick<GraphNode, "needs" | "spared"> => {
  const [needs, spared]: [number[], number[]] = [[], []];
  for (let before = index - 1; before >= 0; before--) {
    const { when } = tasks[before]!;
    (when === "failure" ? spared : needs).unshift(before);
    if (when === undefined) break;
  }
  return { needs, spared };
};

/**
 * All tasks that have certainly ended when this one starts, and may have run. The search stops at tasks that need not have run: one that
 * never runs does not wait for its needs.
 * @param graph undefined: the tasks run in order
 */
export const tasksBefore = (graph: Graph | undefined, task: number): ReadonlySet<number> => {
  if (!graph) return new Set(Array.from({ length: task }, (_, before) => before));
  const nodes = nodesOf(graph);
  const [found, ran] = [new Set<number>(), new Set<number>()];
  const visit = (one: number): void => {
    if (ran.has(one)) return;
    ran.add(one);
    const { needs = [], when } = nodes[one] ?? {};
    for (const before of needs) {
      found.add(before);
      if (when === "success") visit(before);
    }
  };
  visit(task);
  return found;
};

/** @returns a cycle of tasks, each waiting for the next and the last for the first; undefined: there is none */
export const cycleOf = (nodes: readonly GraphNode[]): readonly number[] | undefined => {
  const state = nodes.map((): "new" | "open" | "done" => "new");
  const path: number[] = [];
  const visit = (task: number): readonly number[] | undefined => {
    if (state[task] === "open") return path.slice(path.indexOf(task));
    if (state[task] === "done") return undefined;
    state[task] = "open";
    path.push(task);
    for (const before of waitsFor(nodes[task]!)) {
      const cycle = visit(before);
      if (cycle) return cycle;
    }
    path.pop();
    state[task] = "done";
    return undefined;
  };
  for (const task of nodes.keys()) {
    const cycle = visit(task);
    if (cycle) return cycle;
  }
  return undefined;
};

const waitsFor = ({ needs, spared }: GraphNode): readonly number[] => [...needs, ...spared];
