// The time axis shared by the tasks of a run.
import type { TaskView } from "../../lib/core/view/task-view.ts";

export type TimelineRow = Pick<TaskView, "name" | "state" | "phases" | "onError">;

export interface Axis {
  readonly fromMs: number;
  readonly toMs: number;
}

const steps = [5, 10, 20, 30, 60, 120, 300, 600, 1200, 1800, 3600].map((seconds) => seconds * 1000);

/** While a phase is open, the axis ends at a round time in the future, so that bars grow and seldom jump. */
export const axisOf = (rows: readonly TimelineRow[], nowMs: number): Axis => {
  const phases = rows.flatMap((row) => row.phases);
  const fromMs = Math.min(nowMs, ...phases.map(({ from }) => Date.parse(from)));
  const endMs = Math.max(fromMs + 1, ...phases.map(({ from, until }) => Date.parse(until ?? from)));
  const lasts = phases.some(({ until }) => until === undefined);
  return { fromMs, toMs: lasts ? fromMs + roundUp(Math.max(nowMs, endMs) - fromMs) : endMs };
};

const roundUp = (ms: number): number => steps.find((step) => step >= ms) ?? Math.ceil(ms / 3_600_000) * 3_600_000;

/** How long a task has been active, in seconds; undefined: it is still waiting. */
export const workSeconds = ({ phases }: TimelineRow, nowMs: number): number | undefined => {
  const [first, last] = [phases.find(({ phase }) => phase !== "waiting"), phases.at(-1)];
  if (!first || !last) return undefined;
  return Math.max(0, ((last.until ? Date.parse(last.until) : nowMs) - Date.parse(first.from)) / 1000);
};
