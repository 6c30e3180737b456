// finish-task moves runs forward when a Job changes or the timer fires. An event is only a trigger; the state is read from Kubernetes.
import { renderProblems } from "../lib/core/problem.ts";
import { parseTrigger, type ReconcileRequest } from "../lib/core/run/trigger.ts";
import { type DeliveryResult, done } from "../lib/host/delivery-result.ts";
import { reconcileRun } from "../lib/run/reconcile-run.ts";
import { type SweepPorts, sweep } from "../lib/run/sweep.ts";

/**
 * @param ends ends of Jobs that this process is handling or has handled, one set for all its deliveries
 * @param sweeps state of this process, one object for all its deliveries
 * @param value a CloudEvent of an ApiServerSource (mode Resource) or of the sweep's PingSource
 * @param respondEarly called with the answer as soon as a second delivery could do nothing more. This delivery continues, and the sweep
 * completes what it does not (docs/decisions/0021)
 * @throws IoError when Kubernetes or Keptn cannot be reached: the next delivery or sweep continues from the existing state
 */
export const finishTask =
  (ports: SweepPorts, ends: Set<string>, sweeps: Sweeps = { underWay: false }) =>
  async (value: unknown, respondEarly?: (answer: DeliveryResult) => void): Promise<DeliveryResult> => {
    const request = parseTrigger(value);
    switch (request.kind) {
      case "malformed":
        ports.log({ level: "warn", message: renderProblems(request.problems) });
        return { statusCode: 400, why: renderProblems(request.problems) };
      case "nothing":
        return done(request.why);
      case "sweep":
        return sweepAlone(ports, sweeps);
      case "run":
        return moveRun({ ...ports, told: () => respondEarly?.(done("Keptn was told")) }, request, ends);
    }
  };

export interface Sweeps {
  /** A sweep is in progress. */
  underWay: boolean;
}

/**
 * Each sweep takes memory and time, and any client can request any number of them. A second sweep is answered at once: it would find
 * the same runs, it must not delay Job changes, and the timer fires again within a minute.
 */
const sweepAlone = async (ports: SweepPorts, sweeps: Sweeps): Promise<DeliveryResult> => {
  if (sweeps.underWay) {
    ports.log({ level: "info", message: "skipped a sweep: another one is in progress" });
    return done("another sweep is in progress");
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

/** Enough for hundreds of concurrent runs; each entry is a name, a UID and a few words. */
const mostEnds = 1000;

/**
 * Kubernetes reports an end twice within moments: SuccessCriteriaMet, then Complete. The second report is redundant while the first is
 * being handled (which is redelivered if this process dies before it told Keptn), and after it moved the run.
 */
const moveRun = async (
  ports: SweepPorts,
  { runId, namespace, end }: Extract<ReconcileRequest, { kind: "run" }>,
  ends: Set<string>,
): Promise<DeliveryResult> => {
  if (end && ends.has(end)) return done("this end of a Job is already being handled, or was");
  if (end) ends.add(end);
  let seen: readonly string[] = [];
  ports.log({ level: "debug", message: "reconciling a run", run: runId });
  try {
    const rest = await reconcileRun(ports, { runId, namespaces: [namespace] });
    seen = rest.ends ?? [];
    return done(rest.kind === "over" ? "the run is over" : rest.why);
  } finally {
    if (end) ends.delete(end); // only ends that Kubernetes confirmed are kept
    for (const one of seen) ends.add(one);
    while (ends.size > mostEnds) ends.delete(ends.values().next().value ?? ""); // the oldest
  }
};
