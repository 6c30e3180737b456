// finish-task: a change of a Job, or the timer, moves runs forward. An event is only a hint; what counts is read from Kubernetes.
import { advance } from "../chain/advance.ts";
import { type Answer, done } from "../chain/answer.ts";
import { type SweepPorts, sweep } from "../chain/sweep.ts";
import { parseHint } from "../core/hint.ts";
import { renderProblems } from "../core/problem.ts";

/**
 * @param value a CloudEvent of an ApiServerSource (mode Resource) or of the sweep's PingSource
 * @throws IoError when Kubernetes or Keptn cannot be reached: the next delivery or sweep goes on from what is there
 */
export const finishTask =
  (ports: SweepPorts) =>
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
      case "run": {
        const rest = await advance(ports, { runId: hint.runId, namespaces: [hint.namespace] });
        return done(rest.kind === "over" ? "the run is over" : rest.why);
      }
    }
  };
