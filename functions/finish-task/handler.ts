// finish-task: a change of a Job, or the timer, moves runs forward. An event is only a hint; what counts is read from Kubernetes.
import { advance } from "../chain/advance.ts";
import { type Answer, done } from "../chain/answer.ts";
import { type SweepPorts, sweep } from "../chain/sweep.ts";
import { type Hint, parseHint } from "../core/hint.ts";
import { renderProblems } from "../core/problem.ts";

/**
 * @param underWay ends of Jobs that this process is at, one set for all its deliveries
 * @param value a CloudEvent of an ApiServerSource (mode Resource) or of the sweep's PingSource
 * @throws IoError when Kubernetes or Keptn cannot be reached: the next delivery or sweep goes on from what is there
 */
export const finishTask =
  (ports: SweepPorts, underWay: Set<string>) =>
  async (value: unknown): Promise<Answer> => {
    const hint = parseHint(value);
    switch (hint.kind) {
      case "malformed":
        ports.log({ level: "warn", message: renderProblems(hint.problems) });
        return { statusCode: 400, why: renderProblems(hint.problems) };
      case "nothing":
        return done(hint.why);
      case "sweep": {
        const { open, failed } = await sweep(ports);
        return done(`${open} open runs, ${failed} could not be moved`);
      }
      case "run":
        return moveRun(ports, hint, underWay);
    }
  };

/**
 * Kubernetes tells an end twice within moments: SuccessCriteriaMet, then Complete. The second adds nothing to a delivery that is
 * still at the first; that one is unanswered, so it comes again if this process dies over it.
 */
const moveRun = async (
  ports: SweepPorts,
  { runId, namespace, end }: Extract<Hint, { kind: "run" }>,
  underWay: Set<string>,
): Promise<Answer> => {
  if (end && underWay.has(end)) return done("another delivery is at this end of its task");
  if (end) underWay.add(end);
  ports.log({ level: "debug", message: "looks at a run", run: runId });
  try {
    const rest = await advance(ports, { runId, namespaces: [namespace] });
    return done(rest.kind === "over" ? "the run is over" : rest.why);
  } finally {
    if (end) underWay.delete(end);
  }
};
