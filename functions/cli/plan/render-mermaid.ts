// A plan as a Mermaid flowchart: the event, the actions that it starts, their tasks, and which waits for which.
import { nodesOf } from "../../core/graph.ts";
import type { KeptnEvent } from "../../core/keptn-event.ts";
import type { Job } from "../../core/kubernetes.ts";
import type { Plan, RunPlan } from "../../core/plan.ts";
import { labelOf } from "../mermaid.ts";
import { chainOf, imageOf, taskNameOf } from "./planned-task.ts";

export const renderMermaid = (planned: Plan, event: KeptnEvent): string => {
  const runs = planned.kind === "run" ? [...planned.runs] : [];
  const actions = planned.actions.flatMap(({ action, matches, silent, why }, index) => {
    const id = `action${index + 1}`;
    if (matches)
      return [`  event --> ${id}[${labelOf(action, ...(silent ? ["silent"] : []))}]`, ...renderTasks(id, runs.shift())];
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
    const node = `${own}[[${labelOf(taskNameOf(job, index), imageOf(job), limits)}]]`;
    const [first, ...more] = arrowsTo(job, index, action);
    return [`  ${first} ${node}`, ...more.map((arrow) => `  ${arrow} ${own}`)];
  });

/** From each task that it waits for, or from the action. */
const arrowsTo = (job: Job, index: number, action: string): string[] => {
  const { graph } = chainOf(job);
  const { needs, when } = graph ? nodesOf(graph)[index]! : { needs: index === 0 ? [] : [index - 1], when: "success" };
  const arrow = when === "success" ? "-->" : `-. ${when} .->`;
  return needs.length === 0 ? [`${action} ${arrow}`] : needs.map((need) => `${action}task${need + 1} ${arrow}`);
};
