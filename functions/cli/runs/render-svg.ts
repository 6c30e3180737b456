// Runs as a picture for a report: each with its tasks on an axis of time, and why it is stuck or failed.
import { renderDuration } from "../../core/view/duration.ts";
import { shortIdOf } from "../../core/view/find.ts";
import type { RunView } from "../../core/view/run-view.ts";
import type { Phase, TaskView } from "../../core/view/task-view.ts";
import { renderSvg, renderText, round, wrapText } from "../svg/svg.ts";
import { type Axis, axisOf, workSeconds } from "../timeline/axis.ts";
import { phaseSigns } from "../timeline/signs.ts";
import { placeOf, shortTypeOf, signOf } from "./words.ts";

const page = { width: 960, margin: 24, title: 34 } as const;
const inner = page.width - 2 * page.margin;
const bars = { left: page.margin + 196, width: inner - 196 - 84, row: 26, thick: 10 } as const;

export const renderRunsSvg = (runs: readonly RunView[], nowMs: number): string => {
  const parts: string[] = [];
  let y = page.margin;
  for (const run of runs) {
    const drawn = renderRun(run, { y, nowMs });
    parts.push(...drawn.body);
    y = drawn.bottom + 22;
  }
  if (runs.length === 0) {
    parts.push(renderText("There are no runs.", { x: page.margin, y: y + 16, look: "muted" }));
    y += 40;
  }
  parts.push(...renderLegend(y + 4));
  const when = new Date(nowMs).toISOString();
  return renderSvg({
    width: page.width,
    height: round(y + 30),
    title: `Runs of job-executor, as of ${when}`,
    body: parts,
  });
};

interface At {
  readonly y: number;
  readonly nowMs: number;
}

interface Drawn {
  readonly body: readonly string[];
  readonly bottom: number;
}

const renderRun = (run: RunView, { y, nowMs }: At): Drawn => {
  const axis = axisOf(run.tasks, nowMs);
  const top = y + page.title + 18;
  const tasks = run.tasks.flatMap((task, index) => renderTask(task, { y: top + index * bars.row, nowMs, axis }));
  const scale = top + run.tasks.length * bars.row;
  const notes = notesOf(run);
  const body = [...renderTitle(run, y), ...tasks, ...renderScale(axis, scale), ...renderNotes(notes, scale + 38)];
  return { body, bottom: scale + 22 + (notes.length > 0 ? 4 : 0) + notes.length * 17 };
};

const renderTitle = (run: RunView, y: number): string[] => {
  const look = lookOf(run);
  const right = page.width - page.margin;
  const about = `${placeOf(run)}  ·  ${shortTypeOf(run)}  ·  ${shortIdOf(run.id)}`;
  return [
    `<line class="line" x1="${page.margin}" x2="${right}" y1="${y + page.title + 4}" y2="${y + page.title + 4}"/>`,
    `<circle class="${look}" cx="${page.margin + 6}" cy="${y + 5}" r="6"/>`,
    renderText(run.action, { x: page.margin + 20, y: y + 10, look: "strong", most: inner - 220 }),
    renderText(`${signOf(run).word}, ${renderDuration(run.ageSeconds)} old`, {
      x: right,
      y: y + 10,
      look,
      anchor: "end",
    }),
    renderText(about, { x: page.margin + 20, y: y + 28, look: "muted small", most: inner - 20 }),
  ];
};

const lookOf = (run: RunView): string => {
  if (run.stuck || run.state === "warning") return "warning";
  if (run.open) return "running";
  return { passed: "passed", failed: "failed", errored: "failed" }[run.state as string] ?? "muted";
};

const renderTask = (task: TaskView, { y, nowMs, axis }: At & { readonly axis: Axis }): string[] => {
  const seconds = workSeconds(task, nowMs);
  const time = seconds === undefined ? (task.state === "missing" ? "not run" : "") : renderDuration(seconds);
  const middle = y + bars.row / 2;
  const x = (ms: number) => bars.left + ((ms - axis.fromMs) / (axis.toMs - axis.fromMs)) * bars.width;
  const phases = task.phases.map((phase) => {
    const [from, until] = [x(Date.parse(phase.from)), x(phase.until ? Date.parse(phase.until) : nowMs)];
    const thick = phase.phase === "waiting" ? 2 : bars.thick;
    return `<rect class="${lookOfPhase(phase, task)}" x="${round(from)}" y="${round(middle - thick / 2)}" width="${round(Math.max(1.5, until - from))}" height="${thick}" rx="${thick === 2 ? 1 : 2}"><title>${phaseSigns[phase.phase].word}</title></rect>`;
  });
  return [
    renderText(task.name, { x: page.margin + 20, y: middle + 4.5, most: 170 }),
    ...phases,
    renderText(time, { x: page.width - page.margin, y: middle + 4.5, look: "muted small", anchor: "end" }),
  ];
};

const lookOfPhase = ({ phase }: Phase, { state }: TaskView): string => {
  if (phase !== "running") return phase;
  return { passed: "passed", failed: "failed", deleted: "failed" }[state as string] ?? "running";
};

const renderScale = ({ fromMs, toMs }: Axis, y: number): string[] => {
  const parts = 4;
  return Array.from({ length: parts + 1 }, (_, i) => {
    const x = bars.left + (bars.width * i) / parts;
    const anchor = i === 0 ? {} : { anchor: i === parts ? ("end" as const) : ("middle" as const) };
    const text = renderDuration(((toMs - fromMs) * i) / parts / 1000);
    return renderText(text, { x, y: y + 14, look: "muted small", ...anchor });
  });
};

interface Note {
  readonly text: string;
  readonly look: string;
}

const notesOf = (run: RunView): Note[] => {
  const lines = (text: string | undefined, look: string) =>
    text ? wrapText(text, inner - 20, look).map((line) => ({ text: line, look })) : [];
  const failed = run.tasks.flatMap(({ name, why }) => (why ? lines(`Task '${name}' failed: ${why}`, "failed") : []));
  return [...failed, ...lines(run.why, "warning"), ...lines(run.fix, "muted")];
};

const renderNotes = (notes: readonly Note[], y: number): string[] =>
  notes.map(({ text, look }, index) => renderText(text, { x: page.margin + 20, y: y + index * 17, look }));

const renderLegend = (y: number): string[] => {
  const entries = [
    ["waiting", "waiting"],
    ["starting", "starting"],
    ["init", "fetching files"],
    ["running", "running"],
    ["passed", "passed"],
    ["failed", "failed"],
  ] as const;
  return entries.flatMap(([look, word], index) => {
    const x = page.margin + 20 + index * 118;
    return [
      `<rect class="${look}" x="${x}" y="${round(y - 8)}" width="18" height="8" rx="2"/>`,
      renderText(word, { x: x + 24, y, look: "muted small" }),
    ];
  });
};
