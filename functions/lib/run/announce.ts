// Sends a run's `.started` effectively once. The request that notes it also releases the first task.

import { annotation } from "../core/annotations/marks.ts";
import { isCounted } from "../core/event/keptn-event.ts";
import { refOf } from "../core/object-meta.ts";
import { makeStarted } from "../core/report/answer.ts";
import { startsWithFirst } from "../core/run/graph-step.ts";
import type { RunState } from "../core/run/run-state.ts";
import { IoError } from "../io-error.ts";
import { claim, type Hold } from "./claim.ts";
import { countOf, isRefusedForGood } from "./count.ts";
import { isOverForGood, logGivenUp } from "./over.ts";
import { aboutRun, type ChainPorts } from "./ports.ts";
import type { Rest } from "./rest.ts";
import { tidy } from "./tidy.ts";

/**
 * @param how.ask another delivery may have sent it: claim the run and ask Keptn first
 * @returns the resting state; undefined when another delivery was faster: read the run again
 */
export const announce = async (
  ports: ChainPorts,
  run: RunState,
  how: { ask: boolean; me: string },
): Promise<Rest | undefined> => {
  if (!how.ask) return sendAndNote(ports, run, undefined);
  const hold = await claim(ports, run, how);
  if (!hold) return undefined;
  const count = isCounted(run.event) ? await countOf(ports, run) : undefined;
  if (count?.kind === "over") return giveUpUnlessWrong(ports, run, hold);
  if (count && count.started > 0) return noteAnnounced(ports, run, hold);
  return (await hold.keep()) ? sendAndNote(ports, run, hold) : undefined;
};

const giveUpUnlessWrong = async (ports: ChainPorts, run: RunState, hold: Hold): Promise<Rest> => {
  if (!(await isOverForGood(ports, run))) {
    await hold.giveBack();
    return { kind: "wait", why: "Keptn is asked again whether it still waits for this run" };
  }
  await logGivenUp(ports, run, "Keptn no longer waits for its event.");
  await tidy(ports, run, "abandoned");
  return { kind: "over" };
};

const sendAndNote = async (ports: ChainPorts, run: RunState, hold: Hold | undefined): Promise<Rest | undefined> => {
  try {
    await ports.keptn.send(makeStarted(run.event, run.chain.source));
  } catch (fault) {
    if (isRefusedForGood(fault)) return giveUp(ports, run, fault);
    // Certainly not sent: the next delivery need not wait for the lease to expire.
    if (hold && fault instanceof IoError && !fault.maybeDone) await hold.giveBack();
    throw fault;
  }
  return noteAnnounced(ports, run, hold);
};

/** One request notes that `.started` was sent and releases the first task. In a graph, other tasks can be due as well, or instead. */
const noteAnnounced = async (ports: ChainPorts, run: RunState, hold: Hold | undefined): Promise<Rest | undefined> => {
  const startsFirst = startsWithFirst(run);
  const answer = await ports.jobs.patch(refOf(run.lead), {
    expect: { annotations: { [annotation.announced]: "", ...(hold ? { [annotation.claim]: hold.text() } : {}) } },
    annotations: {
      [annotation.announced]: ports.clock.now().toISOString(),
      [annotation.claim]: "",
      ...(run.marks.over ? { [annotation.over]: "" } : {}),
    },
    ...(startsFirst ? ({ state: "released", suspend: false } as const) : {}),
  });
  const task = run.chain.jobs[0]?.task;
  const message = startsFirst ? "announced and released the first task" : "announced";
  ports.log({ level: "info", message, task, answer, ...aboutRun(run) });
  if (answer !== "done") return undefined;
  await Promise.all([
    ports.note(refOf(run.lead), {
      reason: "Announced",
      message: `Told Keptn that action '${run.chain.action}' started.`,
    }),
    ...(startsFirst ? [ports.note(refOf(run.lead), { reason: "Released", message: `Released task '${task}'.` })] : []),
  ]);
  return run.chain.graph ? undefined : { kind: "wait", why: "a task is running" };
};

/** Keptn will never know of this run, so it must not run. */
const giveUp = async (ports: ChainPorts, run: RunState, fault: IoError): Promise<Rest> => {
  await logGivenUp(ports, run, `Keptn refuses its started event: ${fault.message}`);
  await tidy(ports, run, "errored");
  return { kind: "over" };
};
