// The timeline of a local run at the end of the terminal: drawn anew as it goes on, with all output above it.
import type { Job } from "../../core/kubernetes.ts";
import type { RunPlan } from "../../core/plan.ts";
import { phaseOf } from "../../core/run-state.ts";
import type { Phase } from "../../core/view/phases.ts";
import type { TaskWord } from "../../core/view/task-view.ts";
import type { Screen, Terminal } from "../terminal.ts";
import type { TimelineRow } from "../timeline/axis.ts";
import { makeLiveBlock } from "../timeline/live-block.ts";
import { renderTimeline } from "../timeline/render-timeline.ts";
import { labelsOf } from "./task-labels.ts";

export interface Board {
  begin(): void;
  /** A Job as it is now. */
  onChange(job: Job): void;
  /** Prints something above the timeline. */
  above(print: () => void): void;
  /** The timeline stays as it is then. */
  close(): void;
}

const drawMs = 120;
const spinner = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"] as const;

export const makeBoard = (
  { style, now }: Pick<Terminal, "style" | "now">,
  { screen, plans }: { readonly screen: Screen; readonly plans: readonly RunPlan[] },
): Board => {
  const block = makeLiveBlock(screen);
  const lives = new Map<string, Life>();
  let timer: NodeJS.Timeout | undefined;
  let frame = 0;

  const draw = (): void => {
    const rows = [...lives.values()].map(rowOf);
    const turn = spinner[frame++ % spinner.length] ?? "";
    block.draw([
      "",
      ...renderTimeline(rows, { columns: screen.columns(), nowMs: now().getTime(), style, spinner: turn }),
    ]);
  };
  return {
    begin: () => {
      const from = now().toISOString();
      for (const [job, name] of labelsOf(plans)) {
        lives.set(job, { name, state: "waiting", begun: [{ phase: "waiting", from }] });
      }
      timer = setInterval(draw, drawMs).unref();
      draw();
    },
    onChange: (job) => {
      const life = lives.get(job.metadata?.name ?? "");
      if (life) lives.set(job.metadata?.name ?? "", follow(life, job, now().toISOString()));
    },
    above: block.above,
    close: () => {
      if (!timer) return;
      clearInterval(timer);
      timer = undefined;
      for (const [job, life] of lives) if (life.state === "waiting") lives.set(job, neverRan(life));
      draw();
      block.end();
    },
  };
};

/** Times are our own: those of Kubernetes have whole seconds. */
interface Life {
  readonly name: string;
  readonly state: TaskWord;
  readonly begun: readonly Pick<Phase, "phase" | "from">[];
  readonly endedAt?: string;
}

const rowOf = ({ name, state, begun, endedAt }: Life): TimelineRow => {
  const phases = begun.map((phase, index) => {
    const until = begun[index + 1]?.from ?? endedAt;
    return until === undefined ? phase : { ...phase, until };
  });
  return { name, state, phases };
};

const neverRan = (life: Life): Life => ({ ...life, state: "missing", begun: [] });

/** A local Job is ready when its own container runs; before that its files are fetched, where it has any. */
const follow = (life: Life, job: Job, at: string): Life => {
  const phase = phaseOf(job);
  if (life.endedAt !== undefined || life.state === "missing" || phase === "waiting") return life;
  if (phase === "deleted") return life.state === "waiting" ? neverRan(life) : { ...life, state: phase, endedAt: at };
  if (phase !== "running") return { ...life, state: phase === "succeeded" ? "passed" : phase, endedAt: at };
  const isReady = (job.status?.ready ?? 0) > 0;
  const state = isReady ? "running" : job.spec?.template.spec?.initContainers ? "init" : "starting";
  if (life.state === state) return life;
  return { ...life, state, begun: [...life.begun, { phase: state, from: at }] };
};
