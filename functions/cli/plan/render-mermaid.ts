// A plan as a Mermaid flowchart: the event, the actions that it starts, their tasks in order.
import type { KeptnEvent } from "../../core/keptn-event.ts";
import type { Plan, RunPlan } from "../../core/plan.ts";
import { imageOf, taskNameOf } from "./planned-task.ts";

export const renderMermaid = (planned: Plan, event: KeptnEvent): string => {
  const runs = planned.kind === "run" ? [...planned.runs] : [];
  const actions = planned.actions.flatMap(({ action, matches, why }, index) => {
    const id = `action${index + 1}`;
    if (matches) return [`  event --> ${id}[${label(action)}]`, ...renderTasks(id, runs.shift())];
    return [`  event -.-x ${id}[${label(action, why.at(-1) ?? "")}]`];
  });
  const refused = planned.kind === "refuse" ? [`  event --> refused{{${label("refused", planned.message)}}}`] : [];
  return ["flowchart LR", `  event([${label(event.type)}])`, ...actions, ...refused].join("\n");
};

const renderTasks = (action: string, run: RunPlan | undefined): string[] =>
  (run?.jobs ?? []).map((job, index) => {
    const before = index === 0 ? action : `${action}task${index}`;
    return `  ${before} --> ${action}task${index + 1}[[${label(taskNameOf(job, index), imageOf(job))}]]`;
  });

/** Mermaid's entity codes: https://mermaid.js.org/syntax/flowchart.html#entity-codes-to-escape-characters */
const label = (...lines: readonly string[]): string =>
  `"${lines.map((line) => line.replace(/[#"<>&]/g, (sign) => `#${sign.charCodeAt(0)};`).replaceAll("\n", "<br>")).join("<br>")}"`;
