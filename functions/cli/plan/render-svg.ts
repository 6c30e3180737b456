// A plan as a picture: the event, the actions that it starts and those that it does not, their tasks in order.
import type { ActionMatch } from "../../core/config/match.ts";
import type { KeptnEvent } from "../../core/keptn-event.ts";
import type { Job } from "../../core/kubernetes.ts";
import type { Plan, RunPlan } from "../../core/plan.ts";
import { renderProblem } from "../../core/problem.ts";
import { renderSvg, renderText, round, widthOfText, wrapText } from "../svg/svg.ts";
import { imageOf, taskNameOf } from "./planned-task.ts";

const margin = 24;
/** The line that all actions branch off. */
const trunk = margin + 18;
const box = { left: trunk + 40, width: 190, height: 58, gap: 34, below: 22 } as const;
/** Boxes beside each other; more tasks go on below. */
const perRow = 4;
const page = box.left + perRow * (box.width + box.gap) - box.gap + margin;

export const renderPlanSvg = (planned: Plan, event: KeptnEvent): string => {
  const runs = planned.kind === "run" ? [...planned.runs] : [];
  const [body, branches]: [string[], number[]] = [[], []];
  let y = margin + 74;
  for (const match of planned.actions) {
    const lane = renderLane(match, match.matches ? runs.shift() : undefined, y);
    body.push(...lane.body);
    branches.push(lane.branch);
    y = lane.bottom + box.below;
  }
  const verdict = renderVerdict(planned, y);
  const last = branches.at(-1);
  const stem = last === undefined ? [] : [`<path class="arrow" d="M${trunk} ${margin + 36}V${last}"/>`];
  return renderSvg({
    width: page,
    height: round(verdict.bottom + margin),
    title: `What ${event.type} starts`,
    body: [arrowHead, ...renderEvent(event), ...stem, ...body, ...verdict.body],
  });
};

const arrowHead =
  '<defs><marker id="head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path class="head" d="M0 0L8 4L0 8z"/></marker></defs>';

const arrow = (path: string, dashed = false): string =>
  `<path class="arrow${dashed ? " dashed" : ""}" d="${path}" marker-end="url(#head)"/>`;

const renderEvent = ({ type, data }: KeptnEvent): string[] => {
  const about = `service ${data.service}, stage ${data.stage}, project ${data.project}`;
  const width = Math.min(page - 2 * margin, widthOfText(type, "strong") + 36);
  return [
    `<rect class="card running" x="${margin}" y="${margin}" width="${round(width)}" height="36" rx="18"/>`,
    renderText(type, { x: margin + 18, y: margin + 23, look: "strong", most: page - 2 * margin - 36 }),
    renderText(about, { x: trunk + 24, y: margin + 54, look: "muted small", most: page - trunk - 24 - margin }),
  ];
};

interface Lane {
  readonly body: readonly string[];
  /** Where it leaves the trunk. */
  readonly branch: number;
  readonly bottom: number;
}

const renderLane = (match: ActionMatch, run: RunPlan | undefined, y: number): Lane => {
  const branch = y + box.height / 2;
  const into = arrow(`M${trunk} ${branch}H${box.left}`, !match.matches);
  const lane = match.matches ? renderTasks(match, run, y) : renderReason(match, y);
  return { body: [into, ...lane.body], branch, bottom: lane.bottom };
};

const renderReason = ({ action, why }: ActionMatch, y: number): Omit<Lane, "branch"> => {
  const x = box.left + box.width + 16;
  const lines = wrapText(why.at(-1) ?? "", page - x - margin, "small").slice(0, 3);
  const top = y + box.height / 2 + 4 - ((lines.length - 1) * 15) / 2;
  return {
    body: [
      `<rect class="card dashed" x="${box.left}" y="${y}" width="${box.width}" height="${box.height}" rx="8"/>`,
      ...renderLines([action, "does not match"], { x: box.left, y, looks: ["muted strong", "muted small"] }),
      ...lines.map((line, index) => renderText(line, { x, y: top + index * 15, look: "muted small" })),
    ],
    bottom: y + box.height,
  };
};

/** Without a run, all that the event starts is refused. */
const renderTasks = ({ action, silent }: ActionMatch, run: RunPlan | undefined, y: number): Omit<Lane, "branch"> => {
  const jobs = run?.jobs ?? [];
  const count = `${jobs.length} ${jobs.length === 1 ? "task" : "tasks"}${silent ? ", silent" : ""}`;
  const first = [
    `<rect class="card ${run ? "passed" : "failed"}" x="${box.left}" y="${y}" width="${box.width}" height="${box.height}" rx="8"/>`,
    ...renderLines([action, run ? count : "is refused"], { x: box.left, y, looks: ["strong", "muted small"] }),
  ];
  const tasks = jobs.flatMap((job, index) => renderTask(job, { index, y }));
  const rows = Math.max(1, Math.ceil(jobs.length / (perRow - 1)));
  return { body: [...first, ...tasks], bottom: y + rows * (box.height + box.below) - box.below };
};

/** In the columns after the action's. */
const placeOf = (index: number, y: number): { readonly x: number; readonly y: number } => ({
  x: box.left + (1 + (index % (perRow - 1))) * (box.width + box.gap),
  y: y + Math.floor(index / (perRow - 1)) * (box.height + box.below),
});

const renderTask = (job: Job, { index, y }: { readonly index: number; readonly y: number }): string[] => {
  const place = placeOf(index, y);
  const pod = job.spec?.template.spec;
  const files = pod?.initContainers ? "with files, " : "";
  const lines = [
    `${index + 1}. ${taskNameOf(job, index)}`,
    imageOf(job),
    `${files}at most ${pod?.activeDeadlineSeconds} s`,
  ];
  return [
    arrow(pathInto(index, y)),
    `<rect class="card" x="${place.x}" y="${place.y}" width="${box.width}" height="${box.height}" rx="8"/>`,
    ...renderLines(lines, { ...place, looks: ["strong", "mono small", "muted small"] }),
  ];
};

/** From the box before it; to the next row around the end of the one above. */
const pathInto = (index: number, y: number): string => {
  const place = placeOf(index, y);
  const middle = place.y + box.height / 2;
  if (index % (perRow - 1) > 0 || index === 0) return `M${place.x - box.gap} ${middle}H${place.x}`;
  const before = placeOf(index - 1, y);
  const between = before.y + box.height + box.below / 2;
  return `M${before.x + box.width / 2} ${before.y + box.height}V${between}H${place.x - box.gap / 2}V${middle}H${place.x}`;
};

/** Two lines or three, in the middle of a box. */
const renderLines = (
  lines: readonly string[],
  { x, y, looks }: { readonly x: number; readonly y: number; readonly looks: readonly string[] },
): string[] => {
  const top = y + box.height / 2 + 4 - ((lines.length - 1) * 16) / 2;
  return lines.map((line, index) => {
    const look = looks[index] ?? "";
    const keep = look.includes("mono") ? { keep: "end" as const } : {}; // of an image, its name and tag
    return renderText(line, { x: x + 12, y: round(top + index * 16), look, most: box.width - 24, ...keep });
  });
};

const renderVerdict = (planned: Plan, y: number): { readonly body: readonly string[]; readonly bottom: number } => {
  const said = planned.problems.map((problem) => ({
    text: renderProblem(problem),
    look: problem.severity === "error" ? "failed" : "warning",
  }));
  const nothing = { text: "No action matches: nothing runs, and Keptn gets no answer.", look: "muted" };
  const lines = [...(planned.kind === "ignore" ? [nothing] : []), ...said].flatMap(({ text, look }) =>
    wrapText(text, page - 2 * margin, look).map((line) => ({ line, look })),
  );
  return {
    body: lines.map(({ line, look }, index) => renderText(line, { x: margin, y: y + 12 + index * 17, look })),
    bottom: y - box.below + (lines.length > 0 ? box.below + lines.length * 17 : 0),
  };
};
