// A plan as a Mermaid flowchart: the event, its actions, their tasks and dependencies.
import type { KeptnEvent } from "../../lib/core/event/keptn-event.ts";
import type { Job } from "../../lib/core/kubernetes.ts";
import type { Plan } from "../../lib/core/plan/plan.ts";
import type { RunPlan } from "../../lib/core/plan/run-plan.ts";
import { type GraphNode, nodesOf } from "../../lib/core/run/graph.ts";
import { labelOf } from "../mermaid.ts";
import { chainOf, imageOf, retriesOf, takenBy, taskNameOf } from "./planned-task.ts";

export const renderMermaid = (planned: Plan, event: KeptnEvent): string => {
  const runs = planned.kind === "run" ? [...planned.runs] : [];
  const actions = planned.actions.flatMap(({ action, matches, silent, why }, index) => {
    const id = `action${index + 1}`;
    if (matches) {
      const run = runs.shift();
      const isFast = run?.jobs.some((job) => chainOf(job).graph?.failFast);
      const lines = [action, ...(silent ? ["silent"] : []), ...(isFast ? ["failFast"] : [])];
      return [`  event --> ${id}[${labelOf(...lines)}]`, ...renderTasks(id, run)];
    }
    return [`  event -.-x ${id}[${labelOf(action, why.at(-1) ?? "")}]`];
  });
  const refused = planned.kind === "refuse" ? [`  event --> refused{{${labelOf("refused", planned.message)}}}`] : [];
  return ["flowchart LR", `  event([${labelOf(event.type)}])`, ...actions, ...refused].join("\n");
};

const renderTasks = (action: string, run: RunPlan | undefined): string[] =>
  (run?.jobs ?? []).flatMap((job, index) => {
    const pod = job.spec?.template.spec;
    const limits = `${pod?.initContainers ? "with files, " : ""}at most ${pod?.activeDeadlineSeconds} s`;
    const own = `${action}task${index + 1}`;
    const lines = [
      taskNameOf(job, index),
      imageOf(job),
      ...takenBy(job),
      limits,
      ...orderOf(job, index).filter((text) => text !== ""),
    ];
    const node = `${own}[[${labelOf(...lines)}]]`;
    const [first, ...more] = arrowsTo(job, index, action);
    return [`  ${first} ${node}`, ...more.map((arrow) => `  ${arrow} ${own}`)];
  });

const orderOf = (job: Job, index: number): string[] => {
  const { onError } = nodesOfJob(job)[index] ?? {};
  return [onError === undefined || onError === "fail" ? "" : `onError: ${onError}`, retriesOf(job)];
};

/** From each needed task, or from the action. */
const arrowsTo = (job: Job, index: number, action: string): string[] => {
  const nodes = nodesOfJob(job);
  const { needs, spared, when } = nodes[index] ?? { ...lineNode, needs: index === 0 ? [] : [index - 1] };
  const from = (task: number) => `${action}task${task + 1}`;
  const arrowOf = (need: number): string => {
    if (when !== "success") return `-. ${when} .->`;
    return nodes[need]?.onError === "warn" || nodes[need]?.onError === "continue" ? "-- passed or failed -->" : "-->";
  };
  const arrows = needs.map((need) => `${from(need)} ${arrowOf(need)}`);
  const unless = spared.map((task) => `${from(task)} -. only if it did not run .->`);
  return needs.length === 0 && unless.length === 0
    ? [`${action} ${when === "success" ? "-->" : `-. ${when} .->`}`]
    : [...arrows, ...unless];
};

const lineNode = { spared: [], when: "success" } as const;

const nodesOfJob = (job: Job): readonly GraphNode[] => {
  const { graph } = chainOf(job);
  return graph ? nodesOf(graph) : [];
};
