// Decides the next step of a run whose tasks form a graph.
import type { End } from "../annotations/annotations.ts";
import type { Stopped } from "../annotations/stopped.ts";
import { isOpen, type TaskStatus, taskStatusesOf } from "./due-tasks.ts";
import type { Graph } from "./graph.ts";
import { nodesOf } from "./graph.ts";
import type { RunState, TaskState } from "./run-state.ts";

export type GraphStep =
  | { readonly kind: "release"; readonly tasks: readonly number[] }
  | { readonly kind: "stop"; readonly tasks: readonly number[]; readonly stopped: Stopped }
  | { readonly kind: "wait"; readonly why: string };

export const taskStatusesIn = (run: RunState, graph: Graph): readonly TaskStatus[] =>
  taskStatusesOf(
    graph,
    run.tasks.map(({ phase }) => phase),
  );

/** Before that, a missing Job ends the run as without a graph: there is nothing to clean up. */
export const hasBegun = ({ annotations, spec, tasks }: RunState): boolean => {
  if (annotations.announced !== undefined || !spec.silent) return annotations.announced !== undefined;
  const isWhole = tasks.every(({ phase }) => phase !== "missing" && phase !== "deleted");
  return isWhole || tasks.some(({ phase }) => phase === "running" || phase === "succeeded" || phase === "failed");
};

/** @returns undefined while a task runs or still can; otherwise the first failed task in config order decides */
export const graphEnd = (run: RunState, graph: Graph): End | undefined => {
  const statuses = taskStatusesIn(run, graph);
  if (statuses.some(isOpen)) return undefined;
  const failed = statuses.indexOf("failed");
  return failed < 0 ? { kind: "passed" } : { kind: "failed", task: failed };
};

/** @param cannotStart the task whose pod can never start: it is stopped, and the others continue */
export const graphStep = (
  run: RunState,
  graph: Graph,
  cannotStart?: { readonly task: number; readonly why: string },
): GraphStep => {
  const statuses = taskStatusesIn(run, graph);
  if (cannotStart && statuses[cannotStart.task] === "running") {
    return { kind: "stop", tasks: [cannotStart.task], stopped: { because: "cannot-start", why: cannotStart.why } };
  }
  const deleted = run.tasks.findIndex(isDeletedAlive);
  if (deleted >= 0) {
    const { namespace, name } = run.spec.jobs[deleted] ?? {};
    return {
      kind: "stop",
      tasks: [deleted],
      stopped: { because: "deleted", why: `its Job ${namespace}/${name} was deleted.` },
    };
  }
  const failed = statuses.indexOf("failed");
  const beside = graph.failFast && failed >= 0 ? placesOf(statuses, "running").filter(isOnTheWay(graph)) : [];
  if (beside.length > 0) {
    const why = `task '${run.spec.jobs[failed]?.task}' failed, and the action has \`failFast\`.`;
    return { kind: "stop", tasks: beside, stopped: { because: "fail-fast", why } };
  }
  const ready = placesOf(statuses, "ready");
  return ready.length > 0 ? { kind: "release", tasks: ready } : { kind: "wait", why: "a task is running" };
};

/** Our finalizer keeps the deleted Job, and its pod could still succeed, although other tasks start because of the failure. */
const isDeletedAlive = ({ phase, job }: TaskState): boolean => phase === "deleted" && job?.spec?.suspend === false;

/** Rollback and cleanup tasks are not stopped. */
const isOnTheWay = (graph: Graph) => {
  const nodes = nodesOf(graph);
  return (task: number): boolean => nodes[task]?.when === "success";
};

const placesOf = (statuses: readonly TaskStatus[], wanted: TaskStatus): number[] =>
  statuses.flatMap((status, task) => (status === wanted ? [task] : []));

/** Whether the first Job of a graph is released by the request that notes `.started`. Without a graph it always is. */
export const startsWithFirst = (run: RunState): boolean => {
  const first = run.tasks.findIndex(({ job }) => job === run.lead);
  return !run.spec.graph || taskStatusesIn(run, run.spec.graph)[first] === "ready";
};
