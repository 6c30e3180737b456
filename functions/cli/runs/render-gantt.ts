// Runs as a Mermaid gantt diagram for a report: a section for each run, with its tasks on one time axis.
import { oneLine } from "../../lib/core/text/log-text.ts";
import { renderDuration } from "../../lib/core/view/duration.ts";
import { shortIdOf } from "../../lib/core/view/find.ts";
import type { Phase } from "../../lib/core/view/phases.ts";
import type { RunView } from "../../lib/core/view/run-view.ts";
import type { TaskView } from "../../lib/core/view/task-view.ts";
import { plainText } from "../mermaid.ts";
import { workSeconds } from "../timeline/axis.ts";
import { phaseSigns, signOfTask } from "../timeline/signs.ts";
import { taskNotesOf } from "./task-notes.ts";
import { placeOf, sayTries, shortTypeOf, signOf } from "./words.ts";

/** @param nowMs the end of open phases */
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
  const bars = run.tasks.flatMap((task) => renderTask(task, nowMs, lastMsOf(run, nowMs)));
  return [`  section ${plainText(title)}`, ...notesOf(run).map((note) => `  %% ${oneLine(note)}`), ...bars];
};

const renderTask = (task: TaskView, nowMs: number, endMs: number): string[] => {
  if (task.skipped !== undefined)
    return [barOf(`${task.name}, did not run: ${task.skipped}`, "milestone, ", [endMs, endMs])];
  return task.phases.map((phase) => {
    const [fromMs, untilMs] = [Date.parse(phase.from), phase.until ? Date.parse(phase.until) : nowMs];
    return barOf(nameOf(phase, task, nowMs), tagOf(phase, task), [fromMs, untilMs]);
  });
};

/** At least 1 ms long, to be visible. */
const barOf = (name: string, tag: string, [fromMs, untilMs]: readonly [number, number]): string =>
  `  ${plainText(name)} :${tag}${fromMs}, ${Math.max(fromMs + 1, untilMs)}`;

const nameOf = ({ phase, failed }: Phase, task: TaskView, nowMs: number): string => {
  if (phase !== "running") return `${task.name}, ${phaseSigns[phase].word}`;
  if (failed) return `${task.name}, failed try`;
  const tries = task.tries && task.tries.number > 1 ? `, ${sayTries(task.tries)}` : "";
  return `${task.name}, ${signOfTask(task).word}${tries}, ${renderDuration(workSeconds(task, nowMs) ?? 0)}`;
};

/** Mermaid's themes: `done` is grey, `active` blue, `crit` red. */
const tagOf = ({ phase, failed }: Phase, { state, onError }: TaskView): string => {
  if (phase !== "running") return "";
  if (failed || (state === "failed" && onError === undefined) || state === "deleted") return "crit, ";
  return state === "passed" || state === "failed" ? "done, " : "active, ";
};

/** End of the last task that ran. */
const lastMsOf = (run: RunView, nowMs: number): number => {
  const times = run.tasks.flatMap(({ phases }) => phases.map(({ until }) => (until ? Date.parse(until) : nowMs)));
  return times.length > 0 ? Math.max(...times) : nowMs;
};

const notesOf = (run: RunView): string[] => [
  ...taskNotesOf(run).map(({ text }) => text),
  ...[run.why, run.fix].flatMap((text) => (text ? [text] : [])),
];
