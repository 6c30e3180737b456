// The live timeline of a local run at the end of the terminal, with all output above it.
import type { Job } from "../../lib/core/kubernetes.ts";
import type { RunPlan } from "../../lib/core/plan/run-plan.ts";
import type { OnError } from "../../lib/core/run/graph.ts";
import { phaseOf } from "../../lib/core/run/run-state.ts";
import type { Phase } from "../../lib/core/view/phases.ts";
import type { TaskWord } from "../../lib/core/view/task-view.ts";
import type { Screen, Terminal } from "../terminal.ts";
import type { TimelineRow } from "../timeline/axis.ts";
import { makeLiveBlock } from "../timeline/live-block.ts";
import { renderTimeline } from "../timeline/render-timeline.ts";
import { labelsOf, toleratedIn } from "./task-labels.ts";

export interface LiveView {
  begin(): void;
  /** @param job in its current state */
  onChange(job: Job): void;
  /** Prints something above the timeline. */
  above(print: () => void): void;
  /** Keeps the last timeline. */
  close(): void;
}

const drawMs = 120;
const spinner = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"] as const;

export const makeLiveView = (
  { style, now }: Pick<Terminal, "style" | "now">,
  { screen, plans }: { readonly screen: Screen; readonly plans: readonly RunPlan[] },
): LiveView => {
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
      const tolerated = toleratedIn(plans);
      for (const [job, name] of labelsOf(plans)) {
        const onError = tolerated.get(job);
        const begun = [{ phase: "waiting" as const, from }];
        lives.set(job, { name, state: "waiting", begun, ...(onError ? { onError } : {}) });
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

/** Uses our own times, because Kubernetes' have whole seconds. */
interface Life {
  readonly name: string;
  readonly state: TaskWord;
  readonly begun: readonly Omit<Phase, "until">[];
  readonly endedAt?: string;
  /** Its failure is tolerated. */
  readonly onError?: OnError;
}

const rowOf = ({ name, state, begun, endedAt, onError }: Life): TimelineRow => {
  const phases = begun.map((phase, index) => {
    const until = begun[index + 1]?.from ?? endedAt;
    return until === undefined ? phase : { ...phase, until };
  });
  return { name, state, phases, ...(onError ? { onError } : {}) };
};

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
  const begun =
    last.phase === "running" ? [...life.begun.slice(0, -1), { ...last, failed: true as const }] : life.begun;
  return { ...life, state: "waiting", begun: [...begun, { phase: "waiting", from }] };
};
