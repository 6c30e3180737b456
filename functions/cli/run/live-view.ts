// The live timeline of a local run at the end of the terminal, with all output above it.
import type { Job } from "../../lib/core/kubernetes.ts";
import type { RunPlan } from "../../lib/core/plan/run-plan.ts";
import { phaseOf } from "../../lib/core/run/run-state.ts";
import type { Phase } from "../../lib/core/view/phases.ts";
import type { Screen, Terminal } from "../terminal.ts";
import type { TimelineRow } from "../timeline/axis.ts";
import { makeLiveBlock } from "../timeline/live-block.ts";
import { renderTimeline } from "../timeline/render-timeline.ts";
import { tasksByJob } from "./tasks-by-job.ts";

const drawMs = 120;
const spinner = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏";

export const makeLiveView = (
  { style, now }: Pick<Terminal, "style" | "now">,
  { screen, plans }: { readonly screen: Screen; readonly plans: readonly RunPlan[] },
) => {
  const block = makeLiveBlock(screen);
  let lives: readonly Life[] = [];
  let timer: NodeJS.Timeout | undefined;
  let frame = 0;
  const draw = (): void => {
    const turn = spinner.charAt(frame++ % spinner.length);
    const canvas = { columns: screen.columns(), nowMs: now().getTime(), style, spinner: turn };
    block.draw(["", ...renderTimeline(lives.map(rowOf), canvas)]);
  };
  return {
    begin: (): void => {
      lives = waitingLives(plans, now().toISOString());
      timer = setInterval(draw, drawMs).unref();
      draw();
    },
    /** @param job in its current state */
    onChange: (job: Job): void => {
      lives = lives.map((life) => (life.job === job.metadata?.name ? follow(life, job, now().toISOString()) : life));
    },
    /** Prints something above the timeline. */
    above: block.above,
    /** Keeps the last timeline. */
    close: (): void => {
      if (!timer) return;
      clearInterval(timer);
      timer = undefined;
      lives = lives.map((life) => (life.state === "waiting" ? neverRan(life) : life));
      draw();
      block.end();
    },
  };
};

/** A task so far. Uses our own times, because Kubernetes' have whole seconds. */
interface Life extends Omit<TimelineRow, "phases"> {
  readonly job: string;
  readonly begun: readonly Omit<Phase, "until">[];
  readonly endedAt?: string;
}

const waitingLives = (plans: readonly RunPlan[], from: string): Life[] =>
  [...tasksByJob(plans)].map(([job, { label, ...task }]) => ({
    ...{ job, name: label, state: "waiting", begun: [{ phase: "waiting", from }] },
    ...task,
  }));

const rowOf = ({ begun, endedAt, ...task }: Life): TimelineRow => ({
  ...task,
  phases: begun.map((phase, index) => {
    const until = begun[index + 1]?.from ?? endedAt;
    return until === undefined ? phase : { ...phase, until };
  }),
});

const neverRan = (life: Life): Life => ({ ...life, state: "missing", begun: [] });

/** A local Job is ready when its own container runs. Before that, its files are fetched, if it has any. */
const follow = (life: Life, job: Job, at: string): Life => {
  const phase = phaseOf(job);
  if (life.endedAt !== undefined || life.state === "missing" || phase === "waiting") return life;
  if (phase === "deleted") return life.state === "waiting" ? neverRan(life) : { ...life, state: phase, endedAt: at };
  if (phase !== "running") return { ...life, state: phase === "succeeded" ? "passed" : phase, endedAt: at };
  if (job.status?.active === 0) return paused(life, at);
  const isReady = (job.status?.ready ?? 0) > 0;
  const state = isReady ? "running" : job.spec?.template.spec?.initContainers ? "init" : "starting";
  if (life.state === state) return life;
  return { ...life, state, begun: [...life.begun, { phase: state, from: at }] };
};

/** A try failed, and another one follows. */
const paused = (life: Life, from: string): Life => {
  const last = life.begun.at(-1);
  if (!last || last.phase === "waiting") return life;
  const begun = last.phase === "running" ? life.begun.with(-1, { ...last, failed: true }) : life.begun;
  return { ...life, state: "waiting", begun: [...begun, { phase: "waiting", from }] };
};
