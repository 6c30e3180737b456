// Reports on the tasks of a graph: why some never ran, what their failures mean, and the verdict of the run.

import type { TaskStatus } from "../run/due-tasks.ts";
import { type Graph, type GraphNode, nodesOf } from "../run/graph.ts";
import { taskStatusesIn } from "../run/graph-step.ts";
import type { RunState } from "../run/run-state.ts";
import { resultOf, statusOf } from "./judge-result.ts";
import type { TaskResult } from "./result.ts";
import type { TaskReport } from "./task-report.ts";

type NameOf = (task: number) => string;

/** A reason for each task that never ran, which continues "it did not run: ". */
export const whySkipped = (run: RunState, graph: Graph): ReadonlyMap<number, string> => {
  const [nodes, statuses] = [nodesOf(graph), taskStatusesIn(run, graph)];
  const nameOf: NameOf = (task) => `'${run.spec.jobs[task]?.task ?? "?"}'`;
  return new Map(
    statuses.flatMap((status, task) => {
      const node = nodes[task]!;
      if (status === "spared") return [[task, whySpared(node, statuses, nameOf)]];
      return status === "barred" ? [[task, whyBarred(node, statuses, nameOf)]] : [];
    }),
  );
};

const whySpared = ({ when, needs }: GraphNode, statuses: readonly TaskStatus[], nameOf: NameOf): string => {
  if (when === "failure") return "none of the tasks that it waits for failed.";
  const spared = needs.find((need) => statuses[need] === "spared") ?? 0;
  return `it needs ${nameOf(spared)}, which had no reason to run.`;
};

const whyBarred = ({ needs, spared }: GraphNode, statuses: readonly TaskStatus[], nameOf: NameOf): string => {
  const failed = needs.filter((need) => statuses[need] === "failed");
  if (failed.length > 0) return `it needs ${failed.map(nameOf).join(" and ")}, which failed.`;
  const barred = needs.find((need) => statuses[need] === "barred");
  if (barred !== undefined) return `it needs ${nameOf(barred)}, which did not run.`;
  const reason = spared.find((task) => statuses[task] !== "spared");
  if (reason !== undefined) return `${nameOf(reason)}, which runs only after a failure, had to run.`;
  return `${nameOf(statuses.indexOf("failed"))} failed, and the action has \`failFast\`.`;
};

/** In Keptn's words. */
export interface Verdict {
  readonly status: string;
  readonly result: string;
}

/** In a graph the worst result counts, regardless of order. */
export const graphVerdict = (reports: readonly TaskReport[], results: readonly (TaskResult | undefined)[]): Verdict => {
  const failed = reports.filter(({ passed, skipped, onError }) => !passed && skipped === undefined && !onError);
  if (failed.some(({ ranToEnd }) => !ranToEnd)) return { status: "errored", result: "fail" };
  if (failed.length > 0) return { status: "succeeded", result: "fail" };
  const said = reports.map((report, task) => saysOf(report, results[task]));
  const worst = (key: "status" | "result", order: readonly string[]) =>
    order.find((word) => said.some((one) => one[key] === word)) ?? order.at(-1)!;
  return {
    status: worst("status", ["errored", "aborted", "unknown", "succeeded"]),
    result: worst("result", ["fail", "warning", "pass"]),
  };
};

/** The contribution of one task. A tolerated failure limits how bad it can be. */
const saysOf = ({ passed, skipped, onError }: TaskReport, result: TaskResult | undefined): Verdict => {
  const good = { status: "succeeded", result: "pass" };
  if (skipped !== undefined) return good;
  const data = result?.kind === "data" ? result.data : {};
  const [status, word] = [statusOf(data["status"]), resultOf(data["result"])];
  if (!onError) return { status, result: word };
  const isBad = !passed || status !== "succeeded" || word === "fail";
  if (onError === "warn" && (isBad || word === "warning")) return { ...good, result: "warning" };
  return isBad ? good : { status, result: word };
};
