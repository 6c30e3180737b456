// One run in detail: its event, its timeline, why it is stuck or failed, and commands for more.
import { oneLine } from "../../lib/core/text/log-text.ts";
import { renderDuration } from "../../lib/core/view/duration.ts";
import type { RunView } from "../../lib/core/view/run-view.ts";
import { type Canvas, renderLegend, renderTimeline } from "../timeline/render-timeline.ts";
import { padEnd, wrap } from "../timeline/text-width.ts";
import { taskNotesOf } from "./task-notes.ts";
import { currentTask, signOf } from "./words.ts";

/** @param canvas.columns without a terminal, a usual width */
export const renderDetail = (run: RunView, canvas: Canvas): string => {
  const { style } = canvas;
  const { sign, word, format } = signOf(run);
  const title = `${style(format, `${sign} ${word}`)}  ${style("bold", oneLine(run.action))}  ${style("dim", ageOf(run))}`;
  const timeline = [...renderTimeline(run.tasks, canvas), "", `  ${renderLegend(canvas)}`];
  const commands = commandsFor(run).map((command) => `  ${style("dim", command)}`);
  const blocks = [[title], renderFacts(run, canvas), timeline, renderWhy(run, canvas), commands];
  return blocks
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join("\n"))
    .join("\n\n");
};

const ageOf = (run: RunView): string => {
  const took = (Date.parse(run.reportedAt ?? "") - Date.parse(run.createdAt ?? "")) / 1000;
  const age = `${renderDuration(run.ageSeconds)} old`;
  return Number.isFinite(took) ? `took ${renderDuration(took)}, ${age}` : age;
};

const renderFacts = (run: RunView, { style }: Canvas): string[] => {
  const tellsKeptn = run.silent ? "nothing, the action is silent" : toldAt(run);
  const facts: readonly (readonly [string, string | undefined])[] = [
    ["run", run.id],
    ["event", run.event.type],
    ["event id", run.event.id],
    ["context", run.context],
    ["for", `service ${run.service}, stage ${run.stage}, project ${run.project}`],
    ["created", run.createdAt],
    ["told Keptn", tellsKeptn],
  ];
  return facts.flatMap(([name, value]) => (value ? [`  ${style("dim", padEnd(name, 12))}${oneLine(value)}`] : []));
};

const toldAt = ({ announcedAt, reportedAt, state }: RunView): string => {
  const started = announcedAt ? `started ${announcedAt}` : "nothing yet";
  const finished = reportedAt ? `, ${state === "abandoned" ? "given up" : "finished"} ${reportedAt}` : "";
  return started + finished;
};

const renderWhy = (run: RunView, { columns, style }: Canvas): string[] => {
  const lines = (text: string) => wrap(oneLine(text), Math.max(20, columns - 2));
  const ofTasks = taskNotesOf(run).flatMap(({ text, format }) =>
    lines(text).map((line) => `  ${format ? style(format, line) : line}`),
  );
  return [
    ...ofTasks,
    ...lines(run.why ?? "").map((line) => `  ${style("yellow", line)}`),
    ...lines(run.fix ?? "").map((line) => `  ${line}`),
  ];
};

/** Commands for details that we do not show: the task's output, and Kubernetes' own description. */
const commandsFor = (run: RunView): string[] => {
  const { task } = currentTask(run) ?? { task: run.tasks.findLast(({ state }) => state !== "skipped") };
  if (!task) return [];
  if (["missing", "waiting", "skipped"].includes(task.state)) return run.open ? [] : eventCommand(run);
  const isStarting = task.state === "cannot-start" || task.state === "starting";
  const look = isStarting
    ? `describe pod -l batch.kubernetes.io/job-name=${task.job}`
    : `logs job/${task.job} --all-containers`;
  return [look, `describe job ${task.job}`].map((command) => `kubectl -n ${task.namespace} ${command}`);
};

/** For a run that ended before its last task ran: the Events on its first Job have the reason, for an hour. */
const eventCommand = ({ tasks: [first] }: RunView): string[] =>
  first ? [`kubectl -n ${first.namespace} get events --field-selector involvedObject.name=${first.job}`] : [];
