// Moves one run forward: reads its Jobs and executes the next step, until nothing is left to do.
import type { Job } from "../core/kubernetes.ts";
import { failuresToCheck, jobsToClose, valuesDue } from "../core/run/before-step.ts";
import { type Findings, nextStep, type Situation, type Step } from "../core/run/next-step.ts";
import { endOfJob, type RunState, readRun } from "../core/run/run-state.ts";
import { announce } from "./announce.ts";
import { checkFailures } from "./check-failures.ts";
import { closeJobs } from "./close-jobs.ts";
import { finalizeRun } from "./finalize-run.ts";
import { noteOwnEnd } from "./hidden-end.ts";
import { passDue } from "./pass-due.ts";
import { aboutRun, nowMs, type ReconcilePorts } from "./ports.ts";
import type { ReconcileResult } from "./reconcile-result.ts";
import { release } from "./release.ts";
import { report } from "./report.ts";
import type { ReconcileSibling } from "./siblings.ts";
import { stopTasks } from "./stop-tasks.ts";

export interface RunRef {
  readonly runId: string;
  /** Namespaces of some of its Jobs. Their annotations name the namespaces of the others. */
  readonly namespaces: readonly string[];
  /** The Jobs of the run, if the caller has just read or created all of them. */
  readonly jobs?: readonly Job[];
}

export interface ReconcileOptions {
  /** This delivery created the run's first Job. */
  readonly owner?: boolean;
  /** Checks for conditions that Job status does not show: pods that cannot start, aborted sequences. */
  readonly inspect?: (run: RunState) => Promise<Findings>;
  /** A sibling waits for this run, so it must not move siblings itself. */
  readonly forSibling?: boolean;
}

interface Known extends Findings {
  readonly owner: boolean;
  readonly inspected?: true;
  /** Tasks whose failures were checked. */
  readonly checked: readonly number[];
  /** Tasks that received their values from earlier tasks, or never will. */
  readonly passed: readonly number[];
}

/** More than any run needs. A turn is one step, taken here or by a faster delivery. */
const maxSteps = 1000;

/** @throws IoError when a step failed; the next delivery continues from the state of the Jobs */
export const reconcileRun = async (
  ports: ReconcilePorts,
  target: RunRef,
  options: ReconcileOptions = {},
): Promise<ReconcileResult> => {
  const holderIdentity = ports.newHolderIdentity();
  let known: Known = { owner: options.owner ?? false, checked: [], passed: [] };
  let { jobs, namespaces } = target;
  for (let attempt = 0; attempt < maxSteps; attempt++) {
    const run = readRun(jobs ?? (await ports.jobs.listRun(target.runId, namespaces)));
    if (!run) return { kind: "over" };
    const all = namespacesOf(run);
    if (!all.every((one) => namespaces.includes(one))) {
      namespaces = [...new Set([...namespaces, ...all])]; // only ever added: forged ones could alternate
      jobs = undefined;
      continue;
    }
    const step = nextStep(run, situationOf(ports, { holderIdentity, ...known }));
    if (step.kind === "over") return { ...step, ends: endsOf(run) };
    const prepared = await prepareStep(ports, run, { step, known });
    if (prepared) {
      known = prepared;
    } else if (step.kind === "wait") {
      if (known.inspected || !options.inspect) return step;
      const found = await options.inspect(run);
      if (Object.keys(found).length === 0) return step; // nothing has changed, which is the usual case
      known = { ...found, ...keptOf(known), owner: false, inspected: true };
    } else {
      const reconcile = options.forSibling ? undefined : reconcileFor(ports);
      const rest = await executeStep(ports, run, { step, holderIdentity, reconcile });
      if (rest) return { ...rest, ends: endsOf(run) };
      known = afterStep(run, known);
    }
    jobs = undefined;
  }
  throw new Error(`run ${target.runId} did not settle within ${maxSteps} steps`);
};

/** @returns what is known after something that had to come before the step; undefined if nothing had to */
const prepareStep = async (
  ports: ReconcilePorts,
  run: RunState,
  { step, known }: { readonly step: Step; readonly known: Known },
): Promise<Known | undefined> => {
  const failures = failuresToCheck(run, step, known.checked);
  if (failures.length > 0) {
    const { checked, ...found } = await checkFailures(ports, run, failures);
    return { ...known, checked: [...known.checked, ...checked], ...found };
  }
  const due = valuesDue(run, step, known.passed);
  if (step.kind === "release" && due.length > 0) {
    await passDue(ports, run, { tasks: step.tasks, due });
    return { ...known, owner: false, passed: [...known.passed, ...due] };
  }
  const toClose = jobsToClose(run, step);
  if (toClose.length === 0) return undefined;
  await closeJobs(ports, run, toClose);
  return known;
};

export const namespacesOf = ({ spec }: RunState): readonly string[] => [
  ...new Set(spec.jobs.map(({ namespace }) => namespace)),
];

const endsOf = ({ tasks }: RunState): string[] => tasks.flatMap(({ job }) => (job && endOfJob(job)) ?? []);

const keptOf = ({ checked, passed }: Known) => ({ checked, passed });

/** In a graph other tasks may still run, so findings that were handled are dropped. */
const afterStep = ({ spec }: RunState, known: Known): Known =>
  spec.graph ? { ...keptOf(known), owner: false } : { ...known, owner: false };

const situationOf = (
  ports: ReconcilePorts,
  known: Findings & { holderIdentity: string; owner: boolean },
): Situation => ({
  ...known,
  nowMs: nowMs(ports),
  leaseSeconds: ports.settings.CLAIM_LEASE_SECONDS,
  createGraceSeconds: ports.settings.CREATE_GRACE_SECONDS,
});

const reconcileFor =
  (ports: ReconcilePorts): ReconcileSibling =>
  ({ runId, namespaces }) => {
    const { told: _, ...quiet } = ports; // `told` ends the wait for the delivery's own run, not for a sibling
    return reconcileRun(quiet, { runId, namespaces }, { forSibling: true });
  };

const abandoned = "Keptn no longer waits for this run; its Jobs are stopped";
const over: ReconcileResult = { kind: "over" };
const running: ReconcileResult = { kind: "wait", why: "a task is running" };

interface Execution {
  readonly step: Exclude<Step, ReconcileResult>;
  readonly holderIdentity: string;
  readonly reconcile: ReconcileSibling | undefined;
}

/** @returns the resting state; undefined when another delivery was faster: read the run again */
const executeStep = async (
  ports: ReconcilePorts,
  run: RunState,
  { step, ...by }: Execution,
): Promise<ReconcileResult | undefined> => {
  switch (step.kind) {
    case "announce":
      return announce(ports, run, { ask: step.ask, holderIdentity: by.holderIdentity });
    case "release":
      return (await release(ports, run, step.tasks)) ? running : undefined;
    case "stop":
      return stopTasks(ports, run, step).then(() => undefined); // the next step follows from their Jobs
    case "note-end":
      return noteOwnEnd(ports, run, step).then(() => undefined); // the next step follows from its Job
    case "report":
      return report(ports, run, { end: step.end, ...by });
    case "abandon":
      ports.log({ level: "info", message: abandoned, ...aboutRun(run) });
      return finalizeRun(ports, run, "abandoned").then(() => over);
    case "finalize":
      return finalizeRun(ports, run).then(() => over);
  }
};
