// Answers for refused runs without Jobs when an earlier delivery stopped before it did.
import type { Sibling } from "../lib/core/annotations/annotations.ts";
import { envelopeOf, isCounted, type KeptnEvent } from "../lib/core/event/keptn-event.ts";
import type { Job } from "../lib/core/kubernetes.ts";
import { createdMs } from "../lib/core/object-meta.ts";
import { byRun } from "../lib/core/plan/first-plan.ts";
import { makeRefused } from "../lib/core/report/finished-event.ts";
import { readRun } from "../lib/core/run/run-state.ts";
import { IoError } from "../lib/io-error.ts";
import { logErrored } from "../lib/run/error-log.ts";
import { getConfirmedCounts, isBalanced, ofSource } from "../lib/run/event-counts.ts";
import { nowMs, type ReconcilePorts } from "../lib/run/ports.ts";
import { sendMissingEvents } from "../lib/run/send-missing-events.ts";
import { listJobs } from "../lib/run/siblings.ts";
import { isOwnSource } from "./check-redelivery.ts";

/** Longer than start-job takes from touching the timer to announcing its runs. */
const startingMs = 30_000;

/**
 * For an event that was planned before and of which only silent runs have Jobs. Silent runs send no report, so no report completes the
 * answers of the other runs.
 * @throws IoError, retryable if a redelivery could help, or while the delivery that created these Jobs may still answer
 */
export const resumeRefusals = async (ports: ReconcilePorts, event: KeptnEvent, jobs: readonly Job[]): Promise<void> => {
  const runs = [...byRun(jobs).values()].map(readRun);
  if (!isCounted(event) || runs.some((run) => !run?.spec.silent)) return;
  const { KEPTN_SOURCE: ours, MAX_EVENT_BYTES: maxBytes } = ports.settings;
  const envelope = envelopeOf(event);
  const count = await getConfirmedCounts(ports, envelope, ours);
  if (count.kind === "over") return;
  const unbalanced = [...count.bySource].flatMap(([source, own]) =>
    isOwnSource(source, ours) && !isBalanced(own) ? [source] : [],
  );
  const siblings = new Map(runs.flatMap((run) => (run?.spec.siblings ?? []).map((one) => [one.runId, one] as const)));
  const unannounced = [...siblings.values()].filter(({ source }) => ofSource(count, source).started === 0);
  const refused = await withoutJobs(ports, unannounced);
  if (refused.length > 0 && nowMs(ports) - Math.max(...jobs.map(createdMs)) < startingMs)
    throw new IoError(`event ${event.id}: another delivery may still answer it`, { retryable: true });
  const sources = new Set([...unbalanced, ...refused.map(({ source }) => source)]);
  if (sources.size === 0) return;
  const message =
    "An action was refused when this event first arrived, and start-job stopped before it could report that.";
  await logErrored(ports, envelope, message);
  const finishedEvents = [...sources].map((source) => ({
    source,
    finished: makeRefused(envelope, source, { message, maxBytes }),
  }));
  await sendMissingEvents(ports, count, { event: envelope, finishedEvents, siblings: [] });
};

/**
 * Those that were refused. Runs whose Jobs may not be listed count as such too: Keptn would complete the task without them, or, with
 * nobody's answer, never.
 * @throws IoError
 */
const withoutJobs = async (ports: ReconcilePorts, runs: readonly Sibling[]): Promise<readonly Sibling[]> => {
  const lists = await Promise.all(runs.map((run) => listJobs(ports, run)));
  return runs.filter((_, i) => !lists[i]?.length);
};
