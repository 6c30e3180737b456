// Runs as a Mermaid gantt diagram for a report: each a section, its tasks on one axis of time.
import { oneLine } from "../../core/log-text.ts";
import { renderDuration } from "../../core/view/duration.ts";
import { shortIdOf } from "../../core/view/find.ts";
import type { RunView } from "../../core/view/run-view.ts";
import type { Phase, TaskView } from "../../core/view/task-view.ts";
import { plainText } from "../mermaid.ts";
import { workSeconds } from "../timeline/axis.ts";
import { phaseSigns, taskSigns } from "../timeline/signs.ts";
import { placeOf, shortTypeOf, signOf } from "./words.ts";

/** @param nowMs where what lasts ends */
export const renderGantt = (runs: readonly RunView[], nowMs: number): string =>
  [
    "gantt",
    `  title Runs of job-executor, as of ${new Date(nowMs).toISOString()}`,
    "  dateFormat x", // milliseconds since 1970
    "  axisFormat %H:%M:%S",
    ...runs.flatMap((run) => renderRun(run, nowMs)),
    ...(runs.length === 0 ? ["  section There are no runs."] : []),
  ].join("\n");

const renderRun = (run: RunView, nowMs: number): string[] => {
  const title = `${run.action}, ${signOf(run).word} (${placeOf(run)}, ${shortTypeOf(run)}, ${shortIdOf(run.id)})`;
  const bars = run.tasks.flatMap((task) => renderTask(task, nowMs));
  return [`  section ${plainText(title)}`, ...notesOf(run).map((note) => `  %% ${oneLine(note)}`), ...bars];
};

const renderTask = (task: TaskView, nowMs: number): string[] =>
  task.phases.map((phase) => {
    const [fromMs, untilMs] = [Date.parse(phase.from), phase.until ? Date.parse(phase.until) : nowMs];
    const times = `${fromMs}, ${Math.max(fromMs + 1, untilMs)}`; // of no length, it would have no bar
    return `  ${plainText(nameOf(phase, task, nowMs))} :${tagOf(phase, task)}${times}`;
  });

const nameOf = ({ phase }: Phase, task: TaskView, nowMs: number): string => {
  if (phase !== "running") return `${task.name}, ${phaseSigns[phase].word}`;
  return `${task.name}, ${taskSigns[task.state].word}, ${renderDuration(workSeconds(task, nowMs) ?? 0)}`;
};

/** Mermaid's themes: `done` is grey, `active` blue, `crit` red. */
const tagOf = ({ phase }: Phase, { state }: TaskView): string => {
  if (phase !== "running") return "";
  return { passed: "done, ", failed: "crit, ", deleted: "crit, " }[state as string] ?? "active, ";
};

const notesOf = (run: RunView): string[] => [
  ...run.tasks.flatMap(({ name, why }) => (why ? [`Task '${name}' failed: ${why}`] : [])),
  ...[run.why, run.fix].flatMap((text) => (text ? [text] : [])),
];
