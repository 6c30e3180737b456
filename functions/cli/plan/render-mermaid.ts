// A plan as a Mermaid flowchart: the event, the actions that it starts, their tasks in order.
import type { KeptnEvent } from "../../core/keptn-event.ts";
import type { Plan, RunPlan } from "../../core/plan.ts";
import { labelOf } from "../mermaid.ts";
import { imageOf, taskNameOf } from "./planned-task.ts";

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
  (run?.jobs ?? []).map((job, index) => {
    const before = index === 0 ? action : `${action}task${index}`;
    const pod = job.spec?.template.spec;
    const limits = `${pod?.initContainers ? "with files, " : ""}at most ${pod?.activeDeadlineSeconds} s`;
    return `  ${before} --> ${action}task${index + 1}[[${labelOf(taskNameOf(job, index), imageOf(job), limits)}]]`;
  });
