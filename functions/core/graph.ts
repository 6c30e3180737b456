// The order of an action's tasks where it is more than a line: which task waits for which.

export type When = "failure" | "always";
export type OnError = "warn" | "continue";

/** As it stands in the config, and on the Jobs; what is not given is the default. */
export interface GraphTask {
  /** Places of tasks, from 0. Not there: after what stands before it. */
  readonly needs?: readonly number[];
  /** Not there: success. */
  readonly when?: When;
  /** Not there: fail. */
  readonly onError?: OnError;
}

/** One for each task, in the order of the config. */
export interface Graph {
  /** A failure stops what runs beside it. */
  readonly failFast?: boolean;
  readonly tasks: readonly GraphTask[];
}

/** A task with everything that it waits for. */
export interface GraphNode {
  /** Tasks that have to pass; of `when: failure` and `always` only to be through. */
  readonly needs: readonly number[];
  /** Tasks with `when: failure` between it and the one it goes on from: none of them may have had a reason to run. */
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

/** Back to the next task that does not only run after a failure or at an end, past those that do. */
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
 * All tasks that are through when this one starts, whatever came, and may have run. Beyond a task that need not have run itself there are
 * none: one that never runs keeps nobody waiting for what it needs.
 * @param graph undefined: a line
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

/** @returns tasks that wait for each other, each for the next and the last for the first; undefined: there are none */
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
