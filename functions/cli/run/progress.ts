// Shows the progress of a local run: each task, its live output, duration and result.
import { StringDecoder } from "node:string_decoder";
import type { KeptnEvent } from "../../lib/core/event/keptn-event.ts";
import type { Job, Pod } from "../../lib/core/kubernetes.ts";
import type { RunPlan } from "../../lib/core/plan/run-plan.ts";
import type { LogLine } from "../../lib/process.ts";
import type { RuntimeChoice } from "../local/choose-engine.ts";
import type { Engine } from "../local/engine.ts";
import type { SentEvent } from "../local/keptn.ts";
import type { PodWatcher } from "../local/run-pod.ts";
import type { Terminal } from "../terminal.ts";
import { tame } from "../timeline/live-block.ts";
import { makeLiveView } from "./live-view.ts";
import { labelsOf } from "./task-labels.ts";
import { makeVerdict } from "./verdict.ts";
import { whyFailed } from "./why-failed.ts";

export interface Progress extends PodWatcher {
  begin(engine: Engine["name"]): void;
  say(message: string): void;
  log(line: LogLine): void;
  /** @param job in its current state */
  onChange(job: Job): void;
  onEvent(event: SentEvent): void;
  /** @returns whether every run passed */
  end(): boolean;
  /** Stops drawing. */
  close(): void;
}

interface Shown {
  readonly event: KeptnEvent;
  readonly plans: readonly RunPlan[];
  /** The --runtime option. */
  readonly runtime: RuntimeChoice;
  readonly verbose: boolean;
}

/** On a terminal, a timeline replaces the lines for each task's start and end. */
export const makeProgress = (terminal: Terminal, shown: Shown): Progress => {
  const { event, plans, verbose } = shown;
  const { style } = terminal;
  const screen = verbose ? undefined : terminal.screens.stderr;
  const liveView = screen && makeLiveView(terminal, { screen, plans });
  const say = (line: string) => (liveView ? liveView.above(() => terminal.say(line)) : terminal.say(line));
  const labels = labelsOf(plans);
  const labelOf = (job: Job) => labels.get(job.metadata?.name ?? "") ?? "?";
  const startedMs = new Map<string, number>();
  const lines = makeLines((name, line) =>
    say(`  ${style("dim", `${labels.get(name) ?? "?"} │`)} ${liveView ? tame(line) : line}`),
  );
  const verdict = makeVerdict(plans);

  return {
    say,
    begin: (engine) => {
      const { project, stage, service } = event.data;
      say(`${event.type} for service ${service} in stage ${stage} of project ${project}`);
      say(style(engine === "process" ? "yellow" : "dim", renderEngine(engine, shown)));
      liveView?.begin();
    },
    log: (line) => {
      if (verbose || line.level === "warn" || line.level === "error") say(style("dim", renderLog(line)));
    },
    onStart: (job) => {
      startedMs.set(job.metadata?.name ?? "", terminal.now().getTime());
      if (!liveView) say(`${style("cyan", "▶")} ${style("bold", labelOf(job))}`);
    },
    onChange: (job) => {
      const stopped = verdict.onChange(job);
      liveView?.onChange(job);
      if (stopped) say(`${style("red", "✖")} ${labelOf(job)}: ${stopped.why}`);
    },
    onOutput: (job, _, bytes) => lines.add(job.metadata?.name ?? "", bytes),
    onEnd: (job, pod, again) => {
      const name = job.metadata?.name ?? "";
      lines.end(name);
      if (liveView && pod.status?.phase === "Succeeded") return;
      const end = renderEnd(terminal, { label: labelOf(job), pod, startedMs: startedMs.get(name) ?? 0 });
      say(again ? `${end} This was try ${again.number} of ${again.most}.` : end);
    },
    onEvent: (sent) => {
      verdict.onEvent(sent);
      const print = () => terminal.out(liveView && terminal.screens.stdout ? renderSent(sent) : JSON.stringify(sent));
      if (liveView) liveView.above(print);
      else print();
    },
    end: () => {
      liveView?.close();
      for (const line of verdict.skipped()) terminal.say(style("dim", `- ${line}`));
      for (const { passed, text } of verdict.results()) terminal.say(style(passed ? "green" : "red", text));
      return verdict.results().every(({ passed }) => passed);
    },
    close: () => liveView?.close(),
  };
};

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

const renderEnd = (
  { style, now }: Terminal,
  { label, pod, startedMs }: { label: string; pod: Pod; startedMs: number },
): string => {
  const seconds = ((now().getTime() - startedMs) / 1000).toFixed(1);
  if (pod.status?.phase === "Succeeded") return `${style("green", "✔")} ${label} (${seconds} s)`;
  return `${style("red", "✖")} ${label} (${seconds} s): ${whyFailed(pod)}`;
};

/** Splits several byte streams into lines. */
const makeLines = (show: (name: string, line: string) => void) => {
  const parts = new Map<string, { readonly decoder: StringDecoder; rest: string }>();
  const add = (name: string, bytes: Uint8Array): void => {
    const part = parts.get(name) ?? { decoder: new StringDecoder(), rest: "" };
    const whole = (part.rest + part.decoder.write(Buffer.from(bytes))).split(/\r?\n/);
    part.rest = whole.pop() ?? "";
    parts.set(name, part);
    for (const line of whole) show(name, line);
  };
  const end = (name: string): void => {
    const { decoder, rest = "" } = parts.get(name) ?? {};
    const last = rest + (decoder?.end() ?? "");
    parts.delete(name);
    if (last !== "") show(name, last);
  };
  return { add, end };
};
