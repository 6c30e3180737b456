// Sends a run's `.started`, effectively once, and releases its first task with the same request that notes it.
import { makeStarted } from "../core/answer.ts";
import { isCounted } from "../core/keptn-event.ts";
import { annotation } from "../core/marks.ts";
import type { RunState } from "../core/run-state.ts";
import { IoError } from "../io/io-error.ts";
import { claim, type Hold } from "./claim.ts";
import { aboutRun, type ChainPorts, refOf } from "./ports.ts";
import { countOf, isRefusedForGood } from "./settle.ts";
import { tidy } from "./tidy.ts";

/**
 * @param how.ask somebody else may have sent it: claim the run, and ask Keptn first
 * @returns whether the run was announced by this call
 */
export const announce = async (
  ports: ChainPorts,
  run: RunState,
  how: { ask: boolean; me: string },
): Promise<boolean> => {
  if (!how.ask) return sendAndNote(ports, run, undefined);
  const hold = await claim(ports, run, how);
  if (!hold) return false;
  const count = isCounted(run.event) ? await countOf(ports, run) : undefined;
  if (count?.kind === "over") {
    ports.log({ level: "info", message: "Keptn no longer waits for this run; it is given up", ...aboutRun(run) });
    await tidy(ports, run, "abandoned");
    return true;
  }
  if (count && count.started > 0) return noteAnnounced(ports, run, hold);
  return (await hold.keep()) && sendAndNote(ports, run, hold);
};

const sendAndNote = async (ports: ChainPorts, run: RunState, hold: Hold | undefined): Promise<boolean> => {
  try {
    await ports.keptn.send(makeStarted(run.event, run.chain.source));
  } catch (fault) {
    if (isRefusedForGood(fault)) return giveUp(ports, run, fault);
    // Certainly not sent: whoever comes next need not wait for this claim to grow old.
    if (hold && fault instanceof IoError && !fault.maybeDone) await hold.giveBack();
    throw fault;
  }
  return noteAnnounced(ports, run, hold);
};

/** One request: the mark that `.started` was sent, and the release of the first task. */
const noteAnnounced = async (ports: ChainPorts, run: RunState, hold: Hold | undefined): Promise<boolean> => {
  const answer = await ports.jobs.patch(refOf(run.lead), {
    expect: { annotations: { [annotation.announced]: "", ...(hold ? { [annotation.claim]: hold.text() } : {}) } },
    annotations: { [annotation.announced]: ports.clock.now().toISOString(), [annotation.claim]: "" },
    state: "released",
    suspend: false,
  });
  const task = run.chain.jobs[0]?.task;
  ports.log({ level: "info", message: "announced and released the first task", task, answer, ...aboutRun(run) });
  if (answer !== "done") return false;
  await Promise.all([
    ports.note(refOf(run.lead), {
      reason: "Announced",
      message: `Told Keptn that action '${run.chain.action}' started.`,
    }),
    ports.note(refOf(run.lead), { reason: "Released", message: `Released task '${task}'.` }),
  ]);
  return true;
};

/** Nobody will ever hear of this run: it must not run. */
const giveUp = async (ports: ChainPorts, run: RunState, fault: IoError): Promise<boolean> => {
  ports.log({ level: "error", message: `Keptn refuses the started event: ${fault.message}`, ...aboutRun(run) });
  await ports.keptn.logError({
    message: `Action '${run.chain.action}' was not run: Keptn refuses its started event: ${fault.message}`,
    shkeptncontext: run.event.shkeptncontext,
    triggeredid: run.event.id,
  });
  await tidy(ports, run, "errored");
  return true;
};
