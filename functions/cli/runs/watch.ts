// job-executor runs --watch: polls until it is interrupted, or until the given run ends.
import type { RunView } from "../../lib/core/view/run-view.ts";
import { IoError } from "../../lib/io-error.ts";
import { type ExitCode, exitCode } from "../exit-codes.ts";
import type { Terminal } from "../terminal.ts";
import { type ClusterRuns, type RunsPorts, readClusterView, type Wanted } from "./read-runs.ts";
import type { WatchView } from "./watch-view.ts";
import { whereWhy, wholeSecond } from "./words.ts";

export interface Watched {
  readonly ports: RunsPorts;
  readonly wanted: Wanted;
  readonly first: ClusterRuns;
  readonly view: WatchView;
  readonly sleep: Sleep;
}

/** Ends early when the signal is aborted. */
export type Sleep = (milliseconds: number, signal: AbortSignal) => Promise<void>;

/** Between two polls, which take two or three requests each. */
const lookMs = 2000;
/** Between two redraws, which update the times. */
const drawMs = 250;

export const watch = async (watched: Watched, terminal: Terminal): Promise<ExitCode> => {
  const { ports, wanted, view } = watched;
  const stop = new AbortController();
  const stopListening = terminal.onInterrupt(() => stop.abort());
  let seen: Seen = { runs: watched.first };
  try {
    for (;;) {
      const runs = await show(seen, watched, stop.signal);
      if (wanted.run !== undefined && runs.every(({ open }) => !open)) return verdictOf(runs, terminal);
      if (stop.signal.aborted) return wanted.run === undefined ? exitCode.ok : exitCode.interrupted;
      seen = await refresh(seen, ports, wanted);
    }
  } finally {
    view.end();
    stopListening();
  }
};

interface Seen {
  readonly runs: ClusterRuns;
  /** Why the last poll failed. */
  readonly trouble?: string;
}

/** @returns the runs shown last */
const show = async (seen: Seen, { ports, wanted, view, sleep }: Watched, signal: AbortSignal): Promise<RunView[]> => {
  let runs: RunView[] = [];
  for (let ms = 0; ms < lookMs && !signal.aborted; ms += drawMs) {
    runs = seen.runs.view(wholeSecond(ports.now()));
    // If the run's Jobs were just deleted, keep the last block, which has the reason.
    if (runs.length > 0 || wanted.run === undefined) view.show(runs, seen.trouble);
    if (runs.every(({ open }) => !open)) break;
    await sleep(drawMs, signal);
  }
  return runs;
};

/** Waits while the cluster is temporarily unavailable. */
const refresh = async (seen: Seen, ports: RunsPorts, wanted: Wanted): Promise<Seen> => {
  try {
    return { runs: await readClusterView(ports, wanted) };
  } catch (fault) {
    if (!(fault instanceof IoError && fault.retryable)) throw fault;
    return { ...seen, trouble: fault.message };
  }
};

/** Finished Jobs stay until their TTL expires; if none is left, none has finished. */
const verdictOf = (runs: readonly RunView[], terminal: Terminal): ExitCode => {
  if (runs.length === 0)
    terminal.say(`The run has ended and its Jobs are deleted: none of them had finished. ${whereWhy}`);
  const passed = runs.length > 0 && runs.every(({ state }) => state === "passed" || state === "warning");
  return passed ? exitCode.ok : exitCode.failed;
};
