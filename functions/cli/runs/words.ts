// Texts about a run that the table, the detail view and the diagrams share.
import { oneLine } from "../../lib/core/text/log-text.ts";
import type { RunView } from "../../lib/core/view/run-view.ts";
import type { TaskView } from "../../lib/core/view/task-view.ts";
import { runSigns, type Sign, stuckSign, taskSigns } from "../timeline/signs.ts";

/** Being stuck takes precedence over the state. */
export const signOf = ({ state, stuck }: RunView): Sign => {
  if (!stuck) return runSigns[state];
  return { sign: stuckSign, word: state === "running" ? "stuck" : runSigns[state].word, format: "yellow" };
};

/** `sh.keptn.event.deployment.triggered` -> `deployment`; other types unchanged. */
export const shortTypeOf = ({ event }: RunView): string =>
  oneLine(event.type).replace(/^sh\.keptn\.event\.(.+)\.triggered$/, "$1");

export const placeOf = ({ project, stage, service }: RunView): string => oneLine(`${project}/${stage}/${service}`);

/** The first active task, or the task that decided the run; undefined if all tasks are done. */
export const currentTask = ({ tasks }: RunView): { readonly number: number; readonly task: TaskView } | undefined => {
  const active = tasks.findIndex(isActive);
  const index = active >= 0 ? active : tasks.findIndex((task) => !isThrough(task));
  const task = tasks[index];
  return task && { number: index + 1, task };
};

const isActive = ({ state }: TaskView): boolean => ["starting", "init", "running", "cannot-start"].includes(state);

/** It is done and did not decide the run. */
const isThrough = ({ state, onError }: TaskView): boolean =>
  state === "passed" || state === "skipped" || (state === "failed" && onError !== undefined);

/** `2/3 smoke tests`; `3/3` when all have passed; `2/5 unit and 1 more` for two parallel tasks. */
export const taskWordsOf = (run: RunView): string => {
  const current = currentTask(run);
  const total = run.tasks.length;
  if (!current) return `${total}/${total}`;
  const { number, task } = current;
  const others = run.tasks.filter(isActive).length - 1;
  const says = [
    ...(others > 0 ? [` and ${others} more`] : []),
    ...(run.open && ["starting", "init", "waiting"].includes(task.state) ? [`, ${taskSigns[task.state].word}`] : []),
    ...(task.tries && task.tries.number > 1 ? [`, ${sayTries(task.tries)}`] : []),
  ];
  return `${number}/${total} ${oneLine(task.name)}${says.join("")}`;
};

export const sayTries = ({ number, most }: NonNullable<TaskView["tries"]>): string => `try ${number} of ${most}`;

/** Kubernetes' times have whole seconds, so ours do too. */
export const wholeSecond = (now: Date): number => Math.floor(now.getTime() / 1000) * 1000;

/** For a run whose Jobs are deleted. */
export const whereWhy =
  "The reason is in Keptn's .finished event and, for an hour, in `kubectl get events -A --field-selector reason=CouldNotStart`.";
