// Explains why a run is stuck, and suggests a fix: an overdue step of finish-task, or a problem of a pod.
import type { Step } from "../run/next-step.ts";
import { newestJobMs, type RunState, type TaskState } from "../run/run-state.ts";
import { fixUnread } from "../run/unread-namespace.ts";
import { asSentence } from "../text/log-text.ts";
import { type ClusterView, unreadNamespaceOf } from "./cluster-view.ts";
import { diagnosePod } from "./diagnose-pod.ts";
import type { Diagnosis } from "./diagnosis.ts";
import { renderDuration } from "./duration.ts";
import { endOf } from "./phases.ts";
import { explainSweep, sweepSeconds } from "./sweep-timer.ts";

/** @param step the next step, from an observer's view */
export const diagnose = (run: RunState, step: Step, cluster: ClusterView): Diagnosis => {
  if (step.kind === "over") return {};
  const unread = unreadNamespaceOf(run, cluster);
  if (unread !== undefined) {
    const why = asSentence(cluster.jobsUnread?.get(unread) ?? "");
    return { why: `Its Jobs in namespace ${unread} cannot be listed: ${why}`, fix: fixUnread(unread) };
  }
  const running = run.tasks.filter(({ phase }) => phase === "running");
  if (step.kind === "wait") return running.length > 0 ? diagnosePods(running, cluster) : diagnoseCreation(run, cluster);
  const seconds = (cluster.nowMs - dueSinceMs(run, step, cluster)) / 1000;
  if (seconds < sweepSeconds) return {};
  const { lease } = run.annotations;
  const begun = lease ? ` ${lease.holderIdentity} began it at ${lease.renewTime}, but did not finish.` : "";
  const sweep = explainSweep(cluster);
  return {
    why: `${overdue(run, step)}: due for ${renderDuration(seconds)}.${begun}${sweep.why}`,
    fix: sweep.fix,
    ...(cluster.timer === undefined ? { questions: [{ about: "timer" }] } : {}),
  };
};

/** For parallel tasks, the first one that is stuck. */
const diagnosePods = (running: readonly TaskState[], cluster: ClusterView): Diagnosis => {
  const found = running.map((task) => diagnosePod(task, cluster));
  return found.find(({ why, questions }) => why !== undefined || questions !== undefined) ?? {};
};

/** The step that finish-task has not done. */
const overdue = (run: RunState, step: Exclude<Step, { kind: "wait" | "over" }>): string => {
  switch (step.kind) {
    case "announce":
      return "Its Jobs exist, but Keptn was not told that it started";
    case "release":
      return `Task '${run.spec.jobs[step.tasks[0] ?? 0]?.task}' was not released, although it is next`;
    case "stop":
      return `Task '${run.spec.jobs[step.tasks[0] ?? 0]?.task}' was not stopped, although it must be`;
    case "note-end":
      return "A task has ended, but its Job does not record it";
    case "report":
    case "abandon":
      return "It has ended, but Keptn was not told";
    case "finalize":
      return "It was reported, but not all of its Jobs were finalized";
  }
};

/** When the step became possible. */
const dueSinceMs = (run: RunState, step: Step, { settings }: ClusterView): number => {
  const leaseMs = settings.CLAIM_LEASE_SECONDS * 1000;
  const claimEndMs = run.annotations.lease ? timeMs(run.annotations.lease.renewTime) + leaseMs : 0;
  const ownerEndMs = run.annotations.announced || run.spec.silent ? 0 : newestJobMs(run) + leaseMs;
  return Math.max(claimEndMs, ownerEndMs, becameDueMs(run, step, settings.CREATE_GRACE_SECONDS * 1000));
};

const becameDueMs = (run: RunState, step: Step, createGraceMs: number): number => {
  if (step.kind === "finalize") return timeMs(run.annotations.reported);
  const endsMs = run.tasks.map(({ job }) => timeMs(job && endOf(job)));
  if (step.kind === "report" && step.end.kind === "incomplete" && !run.annotations.announced)
    return newestJobMs(run) + createGraceMs;
  return Math.max(newestJobMs(run), ...endsMs);
};

const timeMs = (time: string | undefined): number => Date.parse(time ?? "") || 0;

/** start-job creates all Jobs within seconds, unless it dies. */
const diagnoseCreation = (run: RunState, cluster: ClusterView): Diagnosis => {
  const ageMs = cluster.nowMs - newestJobMs(run);
  const missing = run.tasks.filter(({ phase }) => phase === "missing").length;
  if (missing === 0 || run.annotations.announced || ageMs < cluster.settings.CLAIM_LEASE_SECONDS * 1000) return {};
  const leftSeconds = cluster.settings.CREATE_GRACE_SECONDS - ageMs / 1000;
  const total = run.tasks.length;
  return {
    why: `Only ${total - missing} of its ${total} Jobs were created, the last one ${renderDuration(ageMs / 1000)} ago.`,
    fix: `If the event is delivered again, the others are created; otherwise the run is reported as errored in ${renderDuration(leftSeconds)}. Check start-job's log.`,
  };
};
