// Ends a run: takes its lease, sends `.finished` to Keptn and finalizes its Jobs.
import type { End, Outcome } from "../core/annotations/annotations.ts";
import type { OutgoingEvent } from "../core/event/outgoing-event.ts";
import { refOf } from "../core/object-meta.ts";
import { makeFinished } from "../core/report/finished-event.ts";
import { sayConflicts } from "../core/report/merge-results.ts";
import { outcomeOfEnd, outcomeOfFinished } from "../core/report/outcome.ts";
import type { RunState } from "../core/run/run-state.ts";
import { IoError } from "../io-error.ts";
import { confirmAbandoned, logGivenUp } from "./confirm-abandoned.ts";
import { logErrored } from "./error-log.ts";
import { isRefusedForGood } from "./event-counts.ts";
import { deleteUnfinishedJobs, finalizeRun, stopDeleted } from "./finalize-run.ts";
import { acquireLease, type HeldLease } from "./lease.ts";
import { aboutRun, type ReconcilePorts } from "./ports.ts";
import { readTaskReports, type TaskReports } from "./read-task-reports.ts";
import type { ReconcileResult } from "./reconcile-result.ts";
import { type SendResult, sendFinished } from "./send-finished.ts";
import type { ReconcileSibling } from "./siblings.ts";

interface Reporting {
  readonly end: End;
  readonly reconcile: ReconcileSibling | undefined;
}

/** @returns the resting state; undefined when another delivery was faster: read the run again */
export const report = async (
  ports: ReconcilePorts,
  run: RunState,
  { end, holderIdentity, reconcile }: Reporting & { readonly holderIdentity: string },
): Promise<ReconcileResult | undefined> => {
  if (run.spec.silent) {
    ports.log({ level: "info", message: `a silent run ended: ${end.kind}`, ...aboutRun(run) });
    await finalizeRun(ports, run, outcomeOfEnd(end));
    return { kind: "over" };
  }
  const lease = await acquireLease(ports, run, { holderIdentity, end });
  if (!lease) return undefined;
  let outcome: Outcome | "lost" | "unsure";
  try {
    outcome = await tell(ports, run, { end, lease, reconcile });
    if (outcome === "unsure") await lease.release();
  } catch (fault) {
    if (fault instanceof IoError && !fault.outcomeUnknown) await lease.release();
    throw fault;
  }
  if (outcome === "lost") return undefined;
  if (outcome === "unsure") return { kind: "wait", why: "Keptn is asked again whether it still waits for this run" };
  await finalizeRun(ports, run, outcome);
  return { kind: "over" };
};

const tell = async (
  ports: ReconcilePorts,
  run: RunState,
  { end, lease, reconcile }: Reporting & { readonly lease: HeldLease },
): Promise<Outcome | "lost" | "unsure"> => {
  const finished = await makeReport(ports, run, end);
  // A pod may still start and its task succeed: the next task must not be released after this report.
  const mayGoOn = end.kind === "failed" && run.tasks.some(({ phase }) => phase === "running");
  if (mayGoOn || (end.kind !== "passed" && end.kind !== "failed")) await deleteUnfinishedJobs(ports, run);
  else if (run.spec.graph) await stopDeleted(ports, run);
  try {
    const sendResult = await sendFinished(ports, run, { finished, lease, reconcile });
    if (sendResult === "over" && !(await confirmAbandoned(ports, run))) return "unsure";
    await noteReport(ports, run, { sendResult, end, finished });
    if (sendResult === "lost") return sendResult;
    return sendResult === "over" ? "abandoned" : outcomeOfFinished(finished);
  } catch (fault) {
    if (!isRefusedForGood(fault)) throw fault;
    ports.log({ level: "error", message: `Keptn refuses the finished event: ${fault.message}`, ...aboutRun(run) });
    const message = `Keptn refuses the finished event of action '${run.spec.action}': ${fault.message}`;
    await logErrored(ports, run.event, message);
    return "errored"; // Keptn will never accept it, so the run is over
  }
};

const says: Readonly<Record<SendResult, string>> = {
  sent: "reported",
  over: "Keptn no longer waits for this run; nothing was sent",
  lost: "another delivery reports this run",
};

const noteReport = async (
  ports: ReconcilePorts,
  run: RunState,
  { sendResult, end, finished }: { sendResult: SendResult; end: End; finished: OutgoingEvent },
): Promise<void> => {
  const { status, result, message } = finished.data;
  ports.log({ level: "info", message: says[sendResult], end: end.kind, status, result, ...aboutRun(run) });
  if (sendResult === "over" && !run.annotations.announced)
    await logGivenUp(ports, run, "Keptn no longer waits for its event.");
  if (sendResult !== "sent") return;
  const couldNotStart = end.kind === "could-not-start";
  await ports.note(refOf(run.lead), {
    reason: couldNotStart ? "CouldNotStart" : "Reported",
    message: couldNotStart ? end.why : `Told Keptn: ${status}, ${result}.`,
  });
  if (status === "errored") await logErrored(ports, run.event, String(message));
};

const makeReport = async (ports: ReconcilePorts, run: RunState, end: End) => {
  const problem = problemOf(run, end);
  const gathered = await readTaskReports(ports, run);
  if (run.spec.graph) logConflicts(ports, run, gathered);
  return makeFinished({
    event: run.event,
    source: run.spec.source,
    isGraph: run.spec.graph !== undefined,
    ...gathered,
    ...(problem ? { problem } : {}),
    maxBytes: ports.settings.MAX_EVENT_BYTES,
  });
};

const logConflicts = (ports: ReconcilePorts, run: RunState, { reports, results }: TaskReports): void => {
  const names = reports.map(({ task }) => task);
  for (const message of sayConflicts(results, names)) ports.log({ level: "info", message, ...aboutRun(run) });
};

const problemOf = (run: RunState, end: End): string | undefined => {
  const isSaidByTask = end.kind === "failed" && run.spec.graph !== undefined;
  if (end.kind === "passed" || isSaidByTask || (end.kind === "failed" && run.tasks[end.task]?.job)) return undefined;
  const { namespace, name, task } = run.spec.jobs[end.task] ?? { namespace: "?", name: "?", task: "?" };
  switch (end.kind) {
    case "failed":
      return `Task '${task}' failed, and its Job ${namespace}/${name} was removed by force.`;
    case "could-not-start":
      return `Task '${task}' could not start: ${end.why}`;
    case "refused":
      return end.why;
    case "deleted":
      return `Task '${task}' did not end: its Job ${namespace}/${name} was deleted.`;
    case "incomplete":
      return `Task '${task}' could not run: its Job ${namespace}/${name} was never created, or was removed by force.`;
  }
};
