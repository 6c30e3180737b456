// Every order that a few tasks can have, and a second, smaller definition of what comes of it, to hold the first one against.
import {
  cycleOf,
  type Graph,
  type GraphNode,
  type GraphTask,
  nodesOf,
  type When,
} from "../functions/lib/core/run/graph.ts";
import type { TaskPhase } from "../functions/lib/core/run/run-state.ts";

const whens: readonly (When | undefined)[] = [undefined, "failure", "always"];

/** `continue` stands for `warn` too: they differ in the report alone. */
const errors = [undefined, "continue"] as const;

const tasksWith = (needs: readonly (readonly number[] | undefined)[]): GraphTask[] =>
  needs.flatMap((places) =>
    whens.flatMap((when) =>
      errors.map((onError) => ({
        ...(places ? { needs: places } : {}),
        ...(when ? { when } : {}),
        ...(onError ? { onError } : {}),
      })),
    ),
  );

const subsets = (places: readonly number[]): number[][] =>
  places.reduce<number[][]>((all, place) => all.flatMap((one) => [one, [...one, place]]), [[]]);

const product = (choices: readonly (readonly GraphTask[])[]): GraphTask[][] =>
  choices.reduce<GraphTask[][]>((all, tasks) => all.flatMap((one) => tasks.map((task) => [...one, task])), [[]]);

/** Each task may need any of the others, those behind it too; without circles. */
export const everyGraph = (size: number): GraphTask[][] => {
  const places = Array.from({ length: size }, (_, index) => index);
  const choices = places.map((own) => tasksWith([undefined, ...subsets(places.filter((place) => place !== own))]));
  return product(choices).filter((tasks) => !cycleOf(nodesOf({ tasks })));
};

/**
 * One of those that are the same but for the places of their tasks. Every graph without circles has a sequence in which tasks need only
 * what is before them: those are gone through, and of each the smallest of its 24 codes is taken.
 */
export const graphsOfFour = (): GraphTask[][] => {
  const places = [0, 1, 2, 3];
  const choices = places.map((own) => tasksWith([undefined, ...subsets(places.slice(0, own))]));
  const seen = new Set<number>();
  return product(choices).filter((tasks) => {
    const code = codeOf(nodesOf({ tasks }));
    return !seen.has(code) && seen.add(code);
  });
};

const orders = ((): number[][] => {
  const all = (left: readonly number[]): number[][] =>
    left.length === 0
      ? [[]]
      : left.flatMap((one) => all(left.filter((other) => other !== one)).map((o) => [one, ...o]));
  return all([0, 1, 2, 3]);
})();

const bitsOf = (places: readonly number[], order: readonly number[]): number =>
  places.reduce((bits, place) => bits | (1 << order[place]!), 0);

/** Each node is a digit of base 1536. */
const codeOf = (nodes: readonly GraphNode[]): number => {
  let least = Number.POSITIVE_INFINITY;
  for (const order of orders) {
    let code = 0;
    for (const [index, { needs, spared, when, onError }] of nodes.entries()) {
      const kind = whens.indexOf(when === "success" ? undefined : when) * 2 + (onError === "fail" ? 0 : 1);
      code += ((kind * 16 + bitsOf(needs, order)) * 16 + bitsOf(spared, order)) * 1536 ** order[index]!;
    }
    least = Math.min(least, code);
  }
  return least;
};

const known = new WeakMap<Graph, readonly GraphNode[]>();

/** Remembered: a graph is looked at in each of its states. */
export const nodesIn = (graph: Graph): readonly GraphNode[] => {
  const nodes = known.get(graph) ?? nodesOf(graph);
  known.set(graph, nodes);
  return nodes;
};

/** `gone`: its Job was removed before its release. It fails when its turn comes, and changes nothing until then. */
export type Phase = TaskPhase | "gone";

/** What a state says of each task. */
const readState = (graph: Graph, phases: readonly Phase[], isStopped = isStoppedIn(graph, phases)) => {
  const nodes = nodesIn(graph);
  const before = (task: number) => [...nodes[task]!.needs, ...nodes[task]!.spared];
  const ran = (task: number): boolean => (phases[task] === "gone" ? wasDue(task) : phases[task] !== "waiting");
  const isGood = (task: number): boolean =>
    phases[task] === "succeeded" || (ran(task) && phases[task] !== "running" && nodes[task]!.onError !== "fail");
  const isBad = (task: number): boolean => ran(task) && phases[task] !== "running" && !isGood(task);
  const isMet = (task: number): boolean => nodes[task]!.needs.every(isGood) && !nodes[task]!.spared.some(ran);
  /** Its turn has come. */
  const wasDue = (task: number): boolean => {
    const { needs, when } = nodes[task]!;
    if (when === "success") return isMet(task);
    return !needs.some(isAwaited) && (when === "always" || needs.some(isBad));
  };
  /** What comes behind it has to wait: it runs, or still can. */
  const isAwaited = (task: number): boolean => {
    if (phases[task] === "running") return true;
    if (ran(task)) return false;
    const { needs, when } = nodes[task]!;
    if (when === "always") return true;
    if (when === "failure") return needs.some((one) => isBad(one) || isAwaited(one));
    return !isBarred(task) && !needs.some(isSpared) && (isMet(task) || before(task).some(isAwaited));
  };
  /** There is no reason to run it. */
  const isSpared = (task: number): boolean => {
    const { needs, when } = nodes[task]!;
    if (ran(task) || when === "always") return false;
    return when === "failure" ? !isAwaited(task) : !isBarred(task) && needs.some(isSpared);
  };
  const isBarred = (task: number): boolean => {
    const { needs, spared, when } = nodes[task]!;
    if (when !== "success" || ran(task)) return false;
    // One whose turn has come may be released already, without a pod.
    const isReason = (one: number) => ran(one) || wasDue(one);
    return needs.some((one) => isBad(one) || isBarred(one)) || spared.some(isReason) || isStopped;
  };
  return { nodes, before, ran, isGood, isBad, isMet, isStopped, isAwaited };
};

const isStoppedIn = (graph: Graph, phases: readonly Phase[]): boolean => {
  if (!graph.failFast) return false;
  const { nodes, isBad } = readState(graph, phases, false);
  return nodes.some((_, task) => isBad(task));
};

/** What is wrong with an end, said of each task from what it came to and what its needs came to. */
export const faultOfEnd = (graph: Graph, phases: readonly Phase[]): string | undefined => {
  const { nodes, ran, isBad, isMet, isStopped } = readState(graph, phases);
  for (const [task, { needs, when }] of nodes.entries()) {
    const [did, met] = [ran(task), isMet(task)];
    if (phases[task] === "running") return `task ${task} runs on`;
    if (when === "always" && !did) return `task ${task} is always to run`;
    if (when === "failure" && did !== needs.some(isBad)) return `task ${task} runs only after a failure, and then`;
    if (when === "success" && did && !met) return `task ${task} ran without what it needs`;
    if (when === "success" && !did && met && !isStopped) return `task ${task} should have run`;
  }
  return undefined;
};

/** Undefined: it passed; else the first task whose failure matters. */
export const firstBad = (graph: Graph, phases: readonly Phase[]): number | undefined => {
  const { nodes, isBad } = readState(graph, phases);
  const task = nodes.findIndex((_, index) => isBad(index));
  return task < 0 ? undefined : task;
};

export const stoppedByFailFast = "a failure stops the action";

/** What is wrong with a start at this moment. */
export const faultOfStart = (graph: Graph, phases: readonly Phase[], task: number): string | undefined => {
  const { nodes, before, ran, isGood, isStopped, isAwaited } = readState(graph, phases);
  const { needs, spared, when } = nodes[task]!;
  if (phases[task] !== "waiting") return "it was released before";
  if (before(task).some(isAwaited)) return "something before it runs";
  if (when !== "success") return undefined;
  if (!needs.every(isGood)) return "what it needs has not passed";
  if (spared.some(ran)) return "there was a failure before it";
  return isStopped ? stoppedByFailFast : undefined;
};
