// Completes what a start-job left half that died: a `.started` for a run without Jobs, of a plan that is gone since the config changed.
import { countFor, isEven } from "../chain/count.ts";
import { logErrored } from "../chain/error-log.ts";
import { evenOut } from "../chain/even-out.ts";
import type { ChainPorts } from "../chain/ports.ts";
import { makeRefused } from "../core/answer.ts";
import { byRun } from "../core/first-plan.ts";
import { envelopeOf, isCounted, type KeptnEvent } from "../core/keptn-event.ts";
import type { Job } from "../core/kubernetes.ts";
import { readRun } from "../core/run-state.ts";
import { isOwnSource } from "./standing.ts";

/**
 * The event was planned before, and only silent runs of it have Jobs: no report of theirs looks after what Keptn counted of the others.
 * @throws IoError, retryable wherever the same event again could help
 */
export const answerHalves = async (ports: ChainPorts, event: KeptnEvent, jobs: readonly Job[]): Promise<void> => {
  const isSilent = (ofRun: readonly Job[]): boolean => readRun(ofRun)?.chain.silent ?? false;
  if (!isCounted(event) || ![...byRun(jobs).values()].every(isSilent)) return;
  const { KEPTN_SOURCE: ours, MAX_EVENT_BYTES: maxBytes } = ports.settings;
  const envelope = envelopeOf(event);
  const count = await countFor(ports, envelope, ours);
  if (count.kind === "over") return;
  const halves = [...count.bySource].filter(([source, own]) => isOwnSource(source, ours) && !isEven(own));
  if (halves.length === 0) return;
  const message = "An action was refused when this event first came, and its config has changed since.";
  await logErrored(ports, envelope, message);
  const answers = halves.map(([source]) => ({
    source,
    finished: makeRefused(envelope, source, { message, maxBytes }),
  }));
  await evenOut(ports, count, { event: envelope, answers, siblings: [] });
};
