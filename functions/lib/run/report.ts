// Ends a run: claims it, sends `.finished` to Keptn and finalizes its Jobs.

import type { End, Outcome } from "../core/annotations/marks.ts";
import type { OutgoingEvent } from "../core/event/outgoing-event.ts";
import { refOf } from "../core/object-meta.ts";
import { makeFinished } from "../core/report/answer.ts";
import { sayConflicts } from "../core/report/merge-results.ts";
import { outcomeOfEnd, outcomeOfFinished } from "../core/report/outcome.ts";
import type { RunState } from "../core/run/run-state.ts";
import { IoError } from "../io-error.ts";
import { claim, type Hold } from "./claim.ts";
import { isRefusedForGood } from "./count.ts";
import { logErrored } from "./error-log.ts";
import { type Gathered, gather } from "./gather.ts";
import { isOverForGood, logGivenUp } from "./over.ts";
import { aboutRun, type ChainPorts } from "./ports.ts";
import type { Rest } from "./rest.ts";
import { type Settled, sendFinished } from "./settle.ts";
import type { ReconcileRun } from "./siblings.ts";
import { stop, stopDeleted, tidy } from "./tidy.ts";

interface Reporting {
  readonly end: End;
  readonly reconcile: ReconcileRun | undefined;
  /** The pods of a failure could not be listed. */
  readonly unread: boolean;
}

/** @returns the resting state; undefined when another delivery was faster: read the run again */
export const report = async (
  ports: ChainPorts,
  run: RunState,
  { end, me, reconcile, unread }: Reporting & { readonly me: string },
): Promise<Rest | undefined> => {
  if (run.chain.silent) {
    ports.log({ level: "info", message: `a silent run ended: ${end.kind}`, ...aboutRun(run) });
    await tidy(ports, run, outcomeOfEnd(end));
    return { kind: "over" };
  }
  const hold = await claim(ports, run, { me, end });
  if (!hold) return undefined;
  let outcome: Outcome | "lost" | "unsure";
  try {
    outcome = await tell(ports, run, { end, hold, reconcile, unread });
    if (outcome === "unsure") await hold.giveBack();
  } catch (fault) {
    if (fault instanceof IoError && !fault.maybeDone) await hold.giveBack();
    throw fault;
  }
  if (outcome === "lost") return undefined;
  if (outcome === "unsure") return { kind: "wait", why: "Keptn is asked again whether it still waits for this run" };
  await tidy(ports, run, outcome);
  return { kind: "over" };
};

const tell = async (
  ports: ChainPorts,
  run: RunState,
  { end, hold, reconcile, unread }: Reporting & { readonly hold: Hold },
): Promise<Outcome | "lost" | "unsure"> => {
  const finished = await makeReport(ports, run, end);
  // A pod may still start and its task succeed: the next task must not be released after this report.
  // The same applies if another delivery finds that the task of a failed Job passed.
  const mayGoOn = end.kind === "failed" && (unread || run.tasks.some(({ phase }) => phase === "running"));
  if (mayGoOn || (end.kind !== "passed" && end.kind !== "failed")) await stop(ports, run);
  else if (run.chain.graph) await stopDeleted(ports, run);
  try {
    const settled = await sendFinished(ports, run, { finished, hold, reconcile });
    if (settled === "over" && !(await isOverForGood(ports, run))) return "unsure";
    await noteReport(ports, run, { settled, end, finished });
    if (settled === "lost") return settled;
    return settled === "over" ? "abandoned" : outcomeOfFinished(finished);
  } catch (fault) {
    if (!isRefusedForGood(fault)) throw fault;
    ports.log({ level: "error", message: `Keptn refuses the finished event: ${fault.message}`, ...aboutRun(run) });
    await logErrored(
      ports,
      run.event,
      `Keptn refuses the finished event of action '${run.chain.action}': ${fault.message}`,
    );
    return "errored"; // Keptn will never accept it, so the run is over
  }
};

const says: Readonly<Record<Settled, string>> = {
  sent: "reported",
  over: "Keptn no longer waits for this run; nothing was sent",
  lost: "another delivery reports this run",
};

const noteReport = async (
  ports: ChainPorts,
  run: RunState,
  { settled, end, finished }: { settled: Settled; end: End; finished: OutgoingEvent },
): Promise<void> => {
  const { status, result, message } = finished.data;
  ports.log({ level: "info", message: says[settled], end: end.kind, status, result, ...aboutRun(run) });
  if (settled === "over" && !run.marks.announced) await logGivenUp(ports, run, "Keptn no longer waits for its event.");
  if (settled !== "sent") return;
  const couldNotStart = end.kind === "could-not-start";
  await ports.note(refOf(run.lead), {
    reason: couldNotStart ? "CouldNotStart" : "Reported",
    message: couldNotStart ? end.why : `Told Keptn: ${status}, ${result}.`,
  });
  if (status === "errored") await logErrored(ports, run.event, String(message));
};

const makeReport = async (ports: ChainPorts, run: RunState, end: End) => {
  const problem = problemOf(run, end);
  const gathered = await gather(ports, run);
  if (run.chain.graph) logConflicts(ports, run, gathered);
  return makeFinished({
    event: run.event,
    source: run.chain.source,
    isGraph: run.chain.graph !== undefined,
    ...gathered,
    ...(problem ? { problem } : {}),
    maxBytes: ports.settings.MAX_EVENT_BYTES,
  });
};

const logConflicts = (ports: ChainPorts, run: RunState, { reports, results }: Gathered): void => {
  const names = reports.map(({ task }) => task);
  for (const message of sayConflicts(results, names)) ports.log({ level: "info", message, ...aboutRun(run) });
};

const problemOf = (run: RunState, end: End): string | undefined => {
  const isSaidByTask = end.kind === "failed" && run.chain.graph !== undefined;
  if (end.kind === "passed" || isSaidByTask || (end.kind === "failed" && run.tasks[end.task]?.job)) return undefined;
  const { namespace, name, task } = run.chain.jobs[end.task] ?? { namespace: "?", name: "?", task: "?" };
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
