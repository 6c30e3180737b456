// Invariants that must hold at every step.
import { annotation, label } from "../../functions/lib/core/annotations/annotations.ts";
import type { OutgoingEvent } from "../../functions/lib/core/event/outgoing-event.ts";
import type { Job } from "../../functions/lib/core/kubernetes.ts";
import { stateOf } from "../../functions/lib/core/run/run-state.ts";
import { type EventFacts, isCompletedLate, isLoud, isThrough, newLife, type RunFacts } from "./facts.ts";
import { faultOfPod, isMinded } from "./graph-checks.ts";
import { closedMs } from "./namespaces.ts";
import { adoptPlan, plansToJudge } from "./plans.ts";
import { planOf } from "./scenario.ts";
import { faultOfValues } from "./value-checks.ts";
import type { Rule, Violation } from "./violation.ts";

export interface Checks {
  know(event: EventFacts): void;
  readonly events: readonly EventFacts[];
  runOf(job: Job): RunFacts | undefined;
  /** Something was wrong with this run's event: it may be reported as errored. */
  disturb(runId: string): void;
  eventOf(eventId: string): EventFacts | undefined;
  /** Keptn's API accepted an event of ours. */
  sent(event: OutgoingEvent): void;
  /** The sender could not see Jobs of this run, or there never were any. */
  unseen(event: EventFacts, runId: string): void;
  counted(event: OutgoingEvent): void;
  /** Keptn goes on: it counted as many `.finished` as `.started` events. */
  completed(eventId: string): void;
  timedOut(eventId: string): void;
  /** @param alone its run has no other Job; `first`: nor has its event */
  created(job: Job, alone: boolean, first: () => boolean): void;
  /** Somebody requested the deletion; the Job goes with its finalizer. */
  deleted(job: Job): void;
  /** @param how by the TTL controller, by force despite the finalizer, or after it was finalized */
  gone(job: Job, how: { readonly alone: boolean; readonly by: "ttl" | "force" | "person" | "us" }): void;
  /** A change of this Job made finish-task reconcile its run. */
  looked(job: Job): void;
  /** @param values from earlier tasks that its pod gets, by task index */
  podStarted(job: Job, hasFiles: boolean, values: ReadonlyMap<number, string | undefined>): void;
  /** Its own container exited. @returns whether it wrote this value to its result */
  wrote(job: Job, value: string): boolean;
  /** We noted on it, before it ran, that it misses a value. `found`: who noted it had found its values. */
  missed(job: Job, found: boolean): void;
  /** The end of its run was noted: it has not all of its Jobs. */
  incomplete(job: Job): void;
  /** Its container ran: it had its image and its files. */
  containerRan(job: Job): void;
  /** The task's own container exited with 0. */
  podSucceeded(job: Job): void;
  /** Its Job ended, successfully or not. */
  jobEnded(job: Job): void;
  podTaken(job: Job): void;
  /** Nobody may list its pods: its run is reported by its Jobs' status, which is not everything with a sidecar. */
  podsForbidden(job: Job): void;
  /** Kubernetes will create another pod for its task. */
  retried(job: Job): void;
  /** We stopped it while its run goes on. */
  stopped(job: Job): void;
  /** By us. */
  patched(job: Job): void;
  expires(job: Job): void;
  jobsAndTimer(jobs: readonly Job[], timer: boolean): void;
  /** Keptn is told of the end of its run while its pod runs. */
  reportedBusy(job: Job): void;
  /** @param jobs open although for hours nothing but permissions in another namespace was missing */
  closed(jobs: readonly Job[]): void;
  /** @param watch whether one exists that is to be removed some day */
  watchAndTimer(watch: boolean, timer: boolean): void;
  /** By a sweep. @param touchedMs how long ago a start-job touched it */
  watchRemoved(touchedMs: number): void;
}

export interface CheckPorts {
  readonly now: () => number;
  readonly broken: (violation: Violation) => void;
  readonly hasJobs: (runId: string) => boolean;
  /** No fault in this world has delayed anything yet. */
  readonly isCalm: () => boolean;
  /** Keptn counts later than the design assumes: it may then count two `.started` events. */
  readonly beyondBounds: boolean;
}

export const makeChecks = ({ now, broken, hasJobs, isCalm, beyondBounds }: CheckPorts): Checks => {
  const events = new Map<string, EventFacts>();
  const runs = new Map<string, RunFacts>();
  const breaks = (rule: Rule, detail: string): void => broken({ rule, detail });
  const runOf = (job: Job): RunFacts | undefined => runs.get(job.metadata?.labels?.[label.run] ?? "");
  /** In a calm world, what follows the end of a task does not wait for a sweep. */
  const follows = ({ event, life }: RunFacts): void => {
    if (isCalm() && now() - (life.endedMs ?? now()) > soonMs) breaks("nobody but the sweep saw a task end", event.name);
  };
  const bySource = ({ source, triggeredid }: OutgoingEvent): RunFacts | undefined => {
    const event = events.get(triggeredid);
    const runs = event ? [event.runs, ...plansToJudge(event)].flat() : [];
    const isMeant = (run: RunFacts): boolean => isLoud(run) && run.source === source;
    // A delivery that refused a run before any Job existed completes its report, whatever plan counts by then.
    return runs.find(isMeant) ?? event?.plans.flat().find((run) => isMeant(run) && run.started > 0);
  };
  /** The first plan counts, whatever the config says when the event is redelivered. */
  const judgePlan = (event: EventFacts, job: Job, first: () => boolean): void => {
    if (event.plan === planOf(job)) return;
    if (event.plan !== undefined && !first()) breaks("a config that came later counts", describe(job));
    // Keptn is not asked about an event whose runs are all silent now: it cannot know whether they ran.
    const isAsked = event.plans[planOf(job)]?.some(isLoud) ?? false;
    const ran = event.plan !== undefined && event.runs.some((run) => run.life.expired && !isForgotten(run));
    // Of a run whose Jobs somebody removed past their finalizer, only Keptn's count is left: it starts again, by the config of now.
    const resumes = event.runs.some(({ vanished }) => vanished);
    if (ran && isAsked && !resumes) breaks("an ended run ran again", describe(job));
    const adopted = adoptPlan(event, job);
    for (const run of adopted ?? []) runs.set(run.id, run);
  };

  return {
    runOf,
    disturb: (runId) => {
      const run = runs.get(runId);
      if (run) run.event.disturbed = true;
    },
    eventOf: (eventId) => events.get(eventId),
    get events() {
      return [...events.values()];
    },
    know: (event) => {
      events.set(event.eventId, event);
      for (const run of event.runs) runs.set(run.id, run);
    },
    unseen: (event, runId) => {
      for (const run of [event.runs, ...event.plans].flat()) if (run.id === runId) run.unseen = true;
    },
    sent: (event) => {
      const run = bySource(event);
      if (!run) breaks("a silent run sends something", `${event.type} from ${event.source}`);
      else if (event.type.endsWith(".started")) {
        run.started += 1;
      } else {
        run.finished += 1;
        if (run.event.unplanned && (run.event.plan === undefined || run.unseen)) run.event.answeredWhole = true;
        // A run may also end with a tolerated failure, or without a reason to run anything.
        if (run.action.order) run.passed ||= isThrough(run);
        follows(run);
        run.firstFinishedMs ??= now();
        run.life.result ??= event.data["result"];
        // After Keptn refused its `.finished` for good, a sibling answers for it.
        const excused = isCompletedLate(run.event) || run.unseen || run.life.forced.size > 0 || run.event.refused;
        if (run.life.result !== event.data["result"] && !excused)
          breaks("two different results of one run", run.event.name);
        // A task that failFast stops may have lost its pod a moment before.
        const lost = [...run.life.taken].filter((task) => !run.life.stopped.has(task));
        const taken = lost.filter((task) => isMinded(run.action.order?.graph, task));
        if (taken.length > 0 && run.life.number === 1 && event.data["status"] !== "errored")
          breaks("an eviction counted as a failure of the task", run.event.name);
        const blames = / its Job \S+ was deleted\./.test(String(event.data["message"]));
        if (blames && run.life.deleted.size === 0 && run.life.forced.size === 0)
          breaks("a report blames somebody who deleted no Job", `${run.event.name}: ${event.data["message"]}`);
        if (run.started === 0) breaks("finished before started was sent", run.event.name);
      }
    },
    counted: (event) => {
      const run = bySource(event);
      if (!run || event.type.endsWith(".finished")) return;
      run.startedCounted += 1;
      // If somebody deletes a run's Jobs right before a redelivery, the run is announced twice and reported twice.
      const excused = beyondBounds || run.vanished || run.unseen || run.life.number > 1;
      if (run.startedCounted > 1 && !excused) breaks("two started counted", `${run.event.name}, ${run.source}`);
    },
    completed: (eventId) => {
      const event = events.get(eventId);
      // Two `.finished` events of one run, counted beyond all bounds or sent without a lease, stand in for that of another run.
      if (!event || event.broken || event.refused || beyondBounds) return;
      if (event.runs.some(({ leaseRemoved }) => leaseRemoved)) return;
      // A config broken before any Job existed is reported as a whole, without knowledge of what an older delivery creates later.
      if (event.answeredWhole || (event.unplanned && event.plan === undefined)) return;
      // Runs of two plans have one source: the first of them was credited (see bySource).
      const told = new Set(
        plansToJudge(event).flatMap((plan) => plan.flatMap((run) => (run.finished ? [run.source] : []))),
      );
      const opens = plansToJudge(event).map((plan) =>
        plan.find((run) => isLoud(run) && !told.has(run.source) && !run.vanished),
      );
      const open = opens.every(Boolean) ? opens[0] : undefined;
      if (open) breaks("a task is complete before all of its runs were reported", `${event.name}, ${open.source}`);
    },
    timedOut: (eventId) => {
      const event = events.get(eventId);
      // As long as there are Jobs, every sweep tries to tell Keptn about them.
      if (event?.runs.some((run) => isLoud(run) && hasJobs(run.id)) === false) event.timedOutMs = now();
    },
    created: (job, alone, first) => {
      const event = events.get(job.metadata?.labels?.[label.eventId] ?? "");
      if (event) judgePlan(event, job, first);
      const run = runOf(job);
      if (!run) return;
      run.created += 1;
      // The Job is back before the run started: as if it had never been removed.
      if (run.life.ran.size + run.started === 0) run.life.forced.delete(taskOf(job));
      // Only its `.started` was sent when it was refused, so nothing can run twice.
      if (run.created === 1 && run.finished === 0) return;
      const forgotten = isForgotten(run);
      if (!alone && !(forgotten && (run.life.expired || run.life.cleared))) return;
      if (run.life.ran.size + run.started === 0) return;
      // Deleted Jobs are forgotten too: for an event that is not fresh we ask Keptn, which takes a moment.
      const late = now() - run.event.triggeredMs > freshMs;
      if ((run.life.expired || late) && !forgotten) breaks("an ended run ran again", describe(job));
      run.life = newLife(run.life.number + 1);
    },
    deleted: (job) => {
      const life = runOf(job)?.life;
      life?.deleted.add(taskOf(job));
    },
    gone: (job, { alone, by }) => {
      const run = runOf(job);
      if (!run) return;
      if (by === "ttl") run.life.expired = true;
      if (by === "person" || (by === "us" && run.life.deleted.has(taskOf(job)))) run.life.cleared = true;
      // A pod that never ran its task did nothing that could be done twice.
      if (by === "us" && !isLoud(run) && !run.life.began.has(taskOf(job))) run.life.idle.add(taskOf(job));
      if (by === "force") run.life.forced.add(taskOf(job));
      if (by === "force" && job.metadata?.annotations?.[annotation.claim]) run.leaseRemoved = true;
      if (by === "force" && alone) run.vanished = true;
    },
    looked: (job) => {
      const run = runOf(job);
      if (!run) return;
      run.looks += 1;
      if (run.looks > run.action.fates.length * mostLooks) breaks("a run wakes us again and again", describe(job));
    },
    podStarted: (job, hasFiles, values) => {
      const run = runOf(job);
      if (!run) return;
      const task = taskOf(job);
      const { life, event } = run;
      const isAgain = life.again.delete(task);
      if (!isAgain && life.ran.has(task) && !life.forced.has(task) && !life.idle.has(task))
        breaks("a task ran twice", describe(job));
      const fault = faultOfValues(life, task, values);
      if (fault) breaks(fault.rule, `${describe(job)}: ${fault.detail}`);
      life.wrote.delete(task);
      const { order } = run.action;
      const early = isAgain
        ? undefined
        : order
          ? faultOfPod(order.graph, life, task)
          : task > 0 && !life.passed.has(task - 1);
      if (early) breaks("a task ran before its turn", `${describe(job)}${order ? `: ${early}` : ""}`);
      if (task > 0 && !isAgain) follows(run);
      if (isLoud(run) && run.started === 0) breaks("a task ran before its run was announced", describe(job));
      // A task that was stopped right after its release can still get a pod for a second.
      const isAnswered = run.finished > 0 && !run.unseen;
      if (isAnswered && life.number === 1 && !event.disturbed && !life.stopped.has(task))
        breaks("a task ran after its run was reported", describe(job));
      // Nobody remembers the files of a changed config's first plan: its pod cannot start, and the run is reported as errored.
      // The same goes for a later config's plan that was faster, when a delivery of the earlier plan finds it half created.
      // Or Keptn refused its `.started`: its Jobs were deleted, and a second delivery that listed them before created them again.
      const isForgotten = event.refused || (event.plan !== undefined && event.plans.length > 1);
      if (!hasFiles && life.number === 1 && event.acceptedMs !== undefined && !event.disturbed && !isForgotten)
        breaks("a task was released without its files", describe(job));
      // Its start-job died or slept before it stored them.
      if (!hasFiles) event.disturbed = true;
      life.ran.add(task);
      life.endedMs = undefined; // what comes next follows the end of this one, which may have none: an image that cannot be pulled
    },
    containerRan: (job) => void runOf(job)?.life.began.add(taskOf(job)),
    incomplete: (job) => {
      const run = runOf(job);
      if (run) run.incompleteMs ??= now();
    },
    jobEnded: (job) => {
      const run = runOf(job);
      if (!run) return;
      run.life.endedMs = now();
      run.life.over.add(taskOf(job));
    },
    wrote: (job, value) => {
      const run = runOf(job);
      if (!run || run.action.values.none.has(taskOf(job))) return false;
      run.life.wrote.set(taskOf(job), value);
      return true;
    },
    missed: (job, found) => {
      if (found) breaks("a task failed for a value that was found", describe(job));
      runOf(job)?.life.missed.add(taskOf(job));
    },
    stopped: (job) => {
      const run = runOf(job);
      run?.life.stopped.add(taskOf(job));
      if (run) run.life.endedMs = now();
    },
    patched: (job) => {
      const run = runOf(job);
      if (run) run.patchedMs = now();
    },
    podSucceeded: (job) => {
      const run = runOf(job);
      if (!run) return;
      run.life.passed.add(taskOf(job));
      run.life.endedMs = now();
      run.passed ||= isThrough(run);
    },
    podsForbidden: (job) => {
      const run = runOf(job);
      if (!run) return;
      run.event.disturbed = true;
      run.life.unread.add(taskOf(job));
    },
    podTaken: (job) => void runOf(job)?.life.taken.add(taskOf(job)),
    retried: (job) => void runOf(job)?.life.again.add(taskOf(job)),
    expires: (job) => {
      if (stateOf(job) !== "reported") breaks("a Job expired before its run was reported", describe(job));
    },
    reportedBusy: (job) => breaks("a task runs on although its run was reported", describe(job)),
    closed: (jobs) => {
      // A holder that fails again and again, when nearly everything fails, has not abandoned the run.
      const stands = (job: Job): boolean => Math.max(createdMs(job), runOf(job)?.patchedMs ?? 0) < now() - closedMs / 2;
      const waits = jobs.find((job) => runOf(job)?.action.apart === false && stands(job));
      if (waits) breaks("a run waits for a namespace that is none of its own", describe(waits));
    },
    jobsAndTimer: (jobs, timer) => {
      const open = timer ? undefined : jobs.find((job) => stateOf(job) !== "reported");
      if (open) breaks("a run without a timer", describe(open));
    },
    watchAndTimer: (watch, timer) => {
      if (watch && !timer) breaks("a watch without a timer", "");
    },
    watchRemoved: (touchedMs) => {
      if (touchedMs < countedOnMs) breaks("a watch went that a start-job counts on", `${touchedMs} ms`);
    },
  };
};

/** Per Job: two changes report its end, each may come twice and be retried five times, plus deletions. */
const mostLooks = 40;
const freshMs = 300_000;
/** A touch that is 30 s old by its timestamp can be 15 s younger, and clocks differ. */
const countedOnMs = 13_000;
/** The watch is ready after at most 9 s, and Keptn has counted after 8 s. */
const soonMs = 25_000;

/** Only its Jobs remember a silent run, or one that nobody counts. */
const isForgotten = (run: RunFacts): boolean => !isLoud(run) || !run.event.counted || run.vanished || run.event.refused;

const createdMs = ({ metadata }: Job): number => Date.parse(metadata?.creationTimestamp ?? "");

const taskOf = (job: Job): number => Number(job.metadata?.labels?.[label.taskIndex]);

export const describe = (job: Job): string => {
  const { [label.run]: run = "", [label.task]: task = "" } = job.metadata?.labels ?? {};
  return `${task} of run ${run.slice(0, 4)}${run.slice(-4)}`;
};
