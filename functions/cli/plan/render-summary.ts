// A plan in words: why each action runs or not, and the Jobs of its tasks.
import type { ActionMatch } from "../../lib/core/config/match.ts";
import type { KeptnEvent } from "../../lib/core/event/keptn-event.ts";
import type { Plan } from "../../lib/core/plan/plan.ts";
import type { RunPlan } from "../../lib/core/plan/run-plan.ts";
import type { GraphNode } from "../../lib/core/run/graph.ts";
import { renderText } from "../lint/render.ts";
import type { Paint } from "../terminal.ts";
import { type PlannedTask, plannedTasks } from "./planned-task.ts";

export const renderSummary = (planned: Plan, event: KeptnEvent, paint: Paint): string => {
  const { project, stage, service } = event.data;
  const title = `${paint("bold", event.type)} of project ${project}, stage ${stage}, service ${service}`;
  const runs = planned.kind === "run" ? [...planned.runs] : [];
  const actions = planned.actions.flatMap((match) =>
    renderAction(match, match.matches ? runs.shift() : undefined, paint),
  );
  const problems = planned.problems.length > 0 ? [renderText(planned.problems, paint), ""] : [];
  return [title, "", ...actions, ...problems, verdictOf(planned)].join("\n");
};

const renderAction = (match: ActionMatch, run: RunPlan | undefined, paint: Paint): string[] => {
  const verdict = match.matches ? paint("green", "matches") : paint("dim", "does not match");
  const silent = run?.silent ? ", and sends no events" : "";
  const reasons = match.why.map((reason) => `  ${reason}`);
  const tasks = plannedTasks(run).map(renderTask);
  if (run?.refused !== undefined) tasks.push(paint("red", run.silent ? `  ${refused}` : `  ${refused}: ${answered}`));
  return [`Action ${JSON.stringify(match.action)} ${verdict}${silent}:`, ...reasons, ...tasks, ""];
};

const refused = "does not run because of the errors below";
const answered = "Keptn gets .started and an errored .finished event for it";

const renderTask = (task: PlannedTask, index: number): string => {
  const { job, name, image, hasFiles, takes, limit, node, retries } = task;
  const order = [...(node ? sayNode(node) : []), ...retries];
  const parts = [image, ...(hasFiles ? ["with files"] : []), ...takes, limit, ...order];
  return `  ${index + 1}. ${JSON.stringify(name)}: ${parts.join(", ")}, as Job ${job.metadata?.namespace}/${job.metadata?.name}`;
};

/** The numbers of the tasks that it needs, and the effect of a failure. */
const sayNode = ({ needs, spared, when, onError }: GraphNode): string[] => [
  needs.length === 0
    ? "at once"
    : `after ${placesOf(needs)}${spared.length > 0 ? `, unless ${placesOf(spared)} ran` : ""}`,
  ...(when === "success" ? [] : [`when: ${when}`]),
  ...(onError === "fail" ? [] : [`onError: ${onError}`]),
];

const placesOf = (tasks: readonly number[]): string => tasks.map((task) => task + 1).join(" and ");

const verdictOf = (planned: Plan): string => {
  switch (planned.kind) {
    case "ignore":
      return "Nothing runs, and Keptn gets no response.";
    case "refuse":
      return planned.source
        ? "Nothing runs: Keptn gets .started and an errored .finished event with these problems."
        : "Nothing runs: the problems only go to Keptn's error log.";
    case "run": {
      const runs = planned.runs.filter((run) => run.refused === undefined).length;
      return `${runs === 1 ? "One run" : `${runs} runs`} would start.`;
    }
  }
};
