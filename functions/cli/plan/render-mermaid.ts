// A plan as a Mermaid flowchart: the event, its actions, their tasks and dependencies.
import type { KeptnEvent } from "../../lib/core/event/keptn-event.ts";
import type { Plan } from "../../lib/core/plan/plan.ts";
import type { RunPlan } from "../../lib/core/plan/run-plan.ts";
import { labelOf } from "../mermaid.ts";
import { isFailFast, type PlannedTask, plannedTasks } from "./planned-task.ts";

export const renderMermaid = (planned: Plan, event: KeptnEvent): string => {
  const runs = planned.kind === "run" ? [...planned.runs] : [];
  const actions = planned.actions.flatMap(({ action, matches, silent, why }, index) => {
    const id = `action${index + 1}`;
    if (matches) {
      const run = runs.shift();
      const lines = [action, ...(silent ? ["silent"] : []), ...(isFailFast(run) ? ["failFast"] : [])];
      return [`  event --> ${id}[${labelOf(...lines)}]`, ...renderTasks(id, run)];
    }
    return [`  event -.-x ${id}[${labelOf(action, why.at(-1) ?? "")}]`];
  });
  const refused = planned.kind === "refuse" ? [`  event --> refused{{${labelOf("refused", planned.message)}}}`] : [];
  return ["flowchart LR", `  event([${labelOf(event.type)}])`, ...actions, ...refused].join("\n");
};

const renderTasks = (action: string, run: RunPlan | undefined): string[] =>
  plannedTasks(run).flatMap(({ name, image, takes, hasFiles, limit, node, retries }, index, tasks) => {
    const own = `${action}task${index + 1}`;
    const onError = node && node.onError !== "fail" ? [`onError: ${node.onError}`] : [];
    const label = labelOf(name, image, ...takes, `${hasFiles ? "with files, " : ""}${limit}`, ...onError, ...retries);
    const [first, ...more] = arrowsTo(index, action, tasks);
    return [`  ${first} ${own}[[${label}]]`, ...more.map((arrow) => `  ${arrow} ${own}`)];
  });

/** From each needed task, or from the action. */
const arrowsTo = (index: number, action: string, tasks: readonly PlannedTask[]): string[] => {
  const { needs, spared, when } = tasks[index]?.node ?? { ...lineNode, needs: index === 0 ? [] : [index - 1] };
  const from = (task: number) => `${action}task${task + 1}`;
  const arrowOf = (need: number): string => {
    if (when !== "success") return `-. ${when} .->`;
    return ["warn", "continue"].includes(tasks[need]?.node?.onError ?? "") ? "-- passed or failed -->" : "-->";
  };
  const arrows = needs.map((need) => `${from(need)} ${arrowOf(need)}`);
  const unless = spared.map((task) => `${from(task)} -. only if it did not run .->`);
  return needs.length === 0 && unless.length === 0
    ? [`${action} ${when === "success" ? "-->" : `-. ${when} .->`}`]
    : [...arrows, ...unless];
};

const lineNode = { spared: [], when: "success" } as const;
