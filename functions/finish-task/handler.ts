// finish-task: a change of a Job, or the timer, moves runs forward. An event is only a hint; what counts is read from Kubernetes.
import { advance } from "../chain/advance.ts";
import { type Answer, done } from "../chain/answer.ts";
import { type SweepPorts, sweep } from "../chain/sweep.ts";
import { type Hint, parseHint } from "../core/hint.ts";
import { renderProblems } from "../core/problem.ts";

/**
 * @param ends of Jobs that this process is at or has dealt with, one set for all its deliveries
 * @param sweeps of this process, one object for all its deliveries
 * @param value a CloudEvent of an ApiServerSource (mode Resource) or of the sweep's PingSource
 * @param answerEarly is called with the answer as soon as nothing is left that a second delivery could do: this one goes on, and
 * what it does not get done is the sweep's (docs/decisions/0021)
 * @throws IoError when Kubernetes or Keptn cannot be reached: the next delivery or sweep goes on from what is there
 */
export const finishTask =
  (ports: SweepPorts, ends: Set<string>, sweeps: Sweeps = { underWay: false }) =>
  async (value: unknown, answerEarly?: (answer: Answer) => void): Promise<Answer> => {
    const hint = parseHint(value);
    switch (hint.kind) {
      case "malformed":
        ports.log({ level: "warn", message: renderProblems(hint.problems) });
        return { statusCode: 400, why: renderProblems(hint.problems) };
      case "nothing":
        return done(hint.why);
      case "sweep":
        return sweepAlone(ports, sweeps);
      case "run":
        return moveRun({ ...ports, told: () => answerEarly?.(done("Keptn was told")) }, hint, ends);
    }
  };

export interface Sweeps {
  /** One of them is under way. */
  underWay: boolean;
}

/**
 * Each sweep takes memory and time of its own, and whoever can reach us can ask for any number. A second one is answered at once: it
 * would find what the first one finds, it must not keep Job changes from their turn, and the timer asks again within a minute.
 */
const sweepAlone = async (ports: SweepPorts, sweeps: Sweeps): Promise<Answer> => {
  if (sweeps.underWay) {
    ports.log({ level: "info", message: "another sweep is under way; this one is left to it" });
    return done("another sweep is under way");
  }
  sweeps.underWay = true;
  try {
    const { open, failed, left, unread } = await sweep(ports);
    const more = `${left} were left to the next sweep, ${unread} namespaces could not be listed`;
    return done(`${open} open runs, ${failed} could not be moved, ${more}`);
  } finally {
    sweeps.underWay = false;
  }
};

/** Hundreds of runs at once; a name, a uid and some words for each. */
const mostEnds = 1000;

/**
 * Kubernetes tells an end twice within moments: SuccessCriteriaMet, then Complete. The second adds nothing to a delivery that is
 * still at the first (that one comes again if this process dies over it, or has told Keptn), nor to one that moved the run.
 */
const moveRun = async (
  ports: SweepPorts,
  { runId, namespace, end }: Extract<Hint, { kind: "run" }>,
  ends: Set<string>,
): Promise<Answer> => {
  if (end && ends.has(end)) return done("another delivery is at this end of its task, or was");
  if (end) ends.add(end);
  let seen: readonly string[] = [];
  ports.log({ level: "debug", message: "looks at a run", run: runId });
  try {
    const rest = await advance(ports, { runId, namespaces: [namespace] });
    seen = rest.ends ?? [];
    return done(rest.kind === "over" ? "the run is over" : rest.why);
  } finally {
    if (end) ends.delete(end); // what Kubernetes does not confirm was no end
    for (const one of seen) ends.add(one);
    while (ends.size > mostEnds) ends.delete(ends.values().next().value ?? ""); // the oldest
  }
};
