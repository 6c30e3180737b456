// Shows the progress of a local run: each task, its live output, duration and result.
import { StringDecoder } from "node:string_decoder";
import type { KeptnEvent } from "../../lib/core/event/keptn-event.ts";
import type { Job } from "../../lib/core/kubernetes.ts";
import type { RunPlan } from "../../lib/core/plan/run-plan.ts";
import type { LogLine } from "../../lib/process.ts";
import type { RuntimeChoice } from "../local/choose-engine.ts";
import type { Engine } from "../local/engine.ts";
import type { SentEvent } from "../local/keptn.ts";
import type { PodWatcher } from "../local/run-pod.ts";
import type { Terminal } from "../terminal.ts";
import { tame } from "../timeline/live-block.ts";
import { makeLiveView } from "./live-view.ts";
import { tasksByJob } from "./tasks-by-job.ts";
import { makeVerdict } from "./verdict.ts";
import { whyFailed } from "./why-failed.ts";

export type Progress = ReturnType<typeof makeProgress>;

export interface Shown {
  readonly event: KeptnEvent;
  readonly plans: readonly RunPlan[];
  /** The --runtime option. */
  readonly runtime: RuntimeChoice;
  readonly verbose: boolean;
}

/** On a terminal, a timeline replaces the lines for each task's start and end. */
export const makeProgress = (terminal: Terminal, shown: Shown) => {
  const { plans, verbose } = shown;
  const { style, screens } = terminal;
  const liveView = !verbose && screens.stderr ? makeLiveView(terminal, { screen: screens.stderr, plans }) : undefined;
  const print = (act: () => void): void => (liveView ? liveView.above(act) : act());
  const say = (line: string): void => print(() => terminal.say(line));
  const tasks = tasksByJob(plans);
  const labelOf = (job: Job): string => tasks.get(job.metadata?.name ?? "")?.label ?? "?";
  const verdict = makeVerdict(plans);
  return {
    ...makePodWatcher(terminal, { say, labelOf, hasTimeline: liveView !== undefined }),
    say,
    begin: (engine: Engine["name"]): void => {
      say(renderEvent(shown.event));
      say(style(engine === "process" ? "yellow" : "dim", renderEngine(engine, shown)));
      liveView?.begin();
    },
    log: (line: LogLine): void => {
      if (verbose || line.level === "warn" || line.level === "error") say(style("dim", renderLog(line)));
    },
    /** @param job in its current state */
    onChange: (job: Job): void => {
      const stopped = verdict.onChange(job);
      liveView?.onChange(job);
      if (stopped) say(`${style("red", "✖")} ${labelOf(job)}: ${stopped.why}`);
    },
    onEvent: (sent: SentEvent): void => {
      verdict.onEvent(sent);
      print(() => terminal.out(liveView && screens.stdout ? renderSent(sent) : JSON.stringify(sent)));
    },
    /** @returns whether every run passed */
    end: (): boolean => {
      liveView?.close();
      return sayResults(terminal, verdict);
    },
    /** Stops drawing. */
    close: () => liveView?.close(),
  };
};

const sayResults = ({ say, style }: Terminal, verdict: ReturnType<typeof makeVerdict>): boolean => {
  for (const line of verdict.skipped()) say(style("dim", `- ${line}`));
  const results = verdict.results();
  for (const { passed, text } of results) say(style(passed ? "green" : "red", text));
  return results.every(({ passed }) => passed);
};

interface PodOutput {
  readonly say: (line: string) => void;
  readonly labelOf: (job: Job) => string;
  /** A timeline shows when tasks start and pass. */
  readonly hasTimeline: boolean;
}

const makePodWatcher = ({ style, now }: Terminal, { say, labelOf, hasTimeline }: PodOutput): PodWatcher => {
  const running = new Map<string | undefined, { readonly startedMs: number; readonly lines: Lines }>();
  return {
    onStart: (job) => {
      const label = labelOf(job);
      const lines = makeLines((line) => say(`  ${style("dim", `${label} │`)} ${hasTimeline ? tame(line) : line}`));
      running.set(job.metadata?.name, { startedMs: now().getTime(), lines });
      if (!hasTimeline) say(`${style("cyan", "▶")} ${style("bold", label)}`);
    },
    onOutput: (job, _, bytes) => running.get(job.metadata?.name)?.lines.add(bytes),
    onEnd: (job, pod, again) => {
      const { startedMs = 0, lines } = running.get(job.metadata?.name) ?? {};
      lines?.end();
      const passed = pod.status?.phase === "Succeeded";
      if (hasTimeline && passed) return;
      const took = `${labelOf(job)} (${((now().getTime() - startedMs) / 1000).toFixed(1)} s)`;
      const end = passed ? `${style("green", "✔")} ${took}` : `${style("red", "✖")} ${took}: ${whyFailed(pod)}`;
      say(again ? `${end} This was try ${again.number} of ${again.most}.` : end);
    },
  };
};

const renderEvent = ({ type, data: { project, stage, service } }: KeptnEvent): string =>
  `${type} for service ${service} in stage ${stage} of project ${project}`;

/** A short form for people: the whole event repeats all output. */
const renderSent = ({ type, data }: SentEvent): string => {
  const verdict = data["result"] ? `: result ${data["result"]}, status ${data["status"]}` : "";
  return `  ✉ ${type}${verdict}`;
};

const renderEngine = (engine: Engine["name"], { plans, runtime }: Shown): string => {
  if (engine !== "process") return `Tasks run in ${engine} containers.`;
  const pods = plans.flatMap(({ jobs }) => jobs.map(({ spec }) => spec?.template.spec));
  const images = [...new Set(pods.flatMap((pod) => pod?.containers.map(({ image }) => image) ?? []))];
  const why = runtime === "auto" ? "Neither podman nor docker is available. " : "";
  return `${why}Tasks run as plain processes, with this machine's programs and your rights, not in ${images.join(", ")}.`;
};

const renderLog = ({ level, message, ...rest }: LogLine): string =>
  `${level}: ${message} ${Object.keys(rest).length > 0 ? JSON.stringify(rest) : ""}`.trimEnd();

type Lines = ReturnType<typeof makeLines>;

/** Splits a byte stream into lines. */
const makeLines = (show: (line: string) => void) => {
  const decoder = new StringDecoder();
  let rest = "";
  return {
    add: (bytes: Uint8Array): void => {
      const whole = (rest + decoder.write(Buffer.from(bytes))).split(/\r?\n/);
      rest = whole.pop() ?? "";
      for (const line of whole) show(line);
    },
    end: (): void => {
      const last = rest + decoder.end();
      if (last !== "") show(last);
    },
  };
};
