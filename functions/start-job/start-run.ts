// Starts a run whose Jobs exist, or reports why it cannot run. Idempotent for redelivered events.
import { annotation } from "../lib/core/annotations/annotations.ts";
import { envelopeOf, type KeptnEvent } from "../lib/core/event/keptn-event.ts";
import type { Job } from "../lib/core/kubernetes.ts";
import { refOf } from "../lib/core/object-meta.ts";
import type { RunPlan } from "../lib/core/plan/run-plan.ts";
import { renderProblems } from "../lib/core/problem.ts";
import type { SnapshotFiles, Taken } from "../lib/files/snapshot.ts";
import { catchPermanent } from "../lib/io-error.ts";
import { aboutRun, type ReconcilePorts } from "../lib/run/ports.ts";
import { reconcileRun } from "../lib/run/reconcile-run.ts";
import type { CreatedRun } from "./create-jobs.ts";
import { type FoundJobs, failUnseen, listEach, namespacesOfPlan } from "./event-jobs.ts";
import type { StartRunPorts } from "./ports.ts";

export interface PreparedRun {
  readonly plan: RunPlan;
  readonly files: SnapshotFiles;
  /** Why it cannot run. */
  readonly refused?: string;
  /** Keptn has already counted a `.started` of it. */
  readonly announced?: boolean;
}

/** For FILES_MODE=snapshot: reads the files now, so that pods need not. @throws IoError */
export const prepareRun = async (ports: StartRunPorts, plan: RunPlan): Promise<PreparedRun> => {
  const refuse = (refused: string): PreparedRun => ({ plan, files: new Map(), refused });
  if (plan.refused !== undefined) return refuse(plan.refused);
  const read = await catchPermanent(() => takeFiles(ports, plan));
  if ("refusal" in read) return refuse(read.refusal.message);
  const taken = read.done;
  if (taken.kind === "refused") return refuse(renderProblems(taken.problems));
  return { plan: { ...plan, jobs: taken.jobs }, files: taken.files };
};

const takeFiles = async ({ files, settings, log }: StartRunPorts, { jobs }: RunPlan): Promise<Taken> => {
  if (!files || settings.FILES_MODE !== "snapshot") return { kind: "taken", jobs, files: new Map() };
  const { takeSnapshots } = await import("../lib/files/snapshot.ts");
  const say = (message: string) => log({ level: "info", message });
  return takeSnapshots(jobs, { connectFiles: files.connect, log: say });
};

/** Stores the files of the created Jobs, before any run of the event is announced. @throws IoError */
export const keepFiles = async (
  ports: StartRunPorts,
  { plan, created }: CreatedRun,
  files: SnapshotFiles,
): Promise<void> => {
  if (!ports.files || files.size === 0) return;
  const { runId, namespaces } = targetOf(plan);
  const { keepSnapshots } = await import("../lib/files/snapshot.ts");
  const jobs = isWhole({ plan, created }) ? created : await ports.jobs.listRun(runId, namespaces);
  await keepSnapshots(jobs, files, ports.snapshots);
};

/** This delivery created all of its Jobs. */
export const isWhole = ({ plan, created }: CreatedRun): boolean => created.length === plan.jobs.length;

/** Call it when all Jobs of the event exist, with their files. @throws IoError */
export const startRun = async (
  ports: StartRunPorts,
  { plan, created }: CreatedRun,
  { event, announced }: { readonly event: KeptnEvent } & Pick<PreparedRun, "announced">,
): Promise<void> => {
  const about = aboutRun({ id: plan.runId, event: envelopeOf(event) });
  ports.log({ level: "info", message: "created a run", action: plan.action, jobs: created.length, ...about });
  const target = targetOf(plan);
  const whole = isWhole({ plan, created });
  // The delivery that created all Jobs owns the announcement. If Jobs existed before or Keptn counted a `.started`, an earlier delivery
  // may have announced the run, even if its first Job is gone.
  await reconcileRun(ports, { ...target, ...(whole ? { jobs: created } : {}) }, { owner: whole && !announced });
};

export const targetOf = (plan: RunPlan) => ({ runId: plan.runId, namespaces: namespacesOfPlan([plan]) });

/** A run without Jobs: only start-job can report it to Keptn. */
export interface RefusedRun {
  readonly plan: RunPlan;
  readonly message: string;
}

export interface Refusing {
  readonly event: KeptnEvent;
  readonly created?: readonly Job[];
  readonly why: string;
  /** This delivery created the event's first Job. */
  readonly isFirst?: boolean;
}

/**
 * Kubernetes permanently refuses the run (invalid, forbidden, over quota): none of its Jobs runs, and Keptn is told why. A quota also
 * refuses Jobs that an earlier delivery created, before the API server finds that they exist: that is not a refusal.
 * @returns the run if none of its Jobs exists
 * @throws IoError, retryable if Jobs of it may run that cannot be listed
 */
export const refuseRun = async (
  ports: ReconcilePorts,
  plan: RunPlan,
  { event, created = [], why, isFirst = false }: Refusing,
): Promise<RefusedRun | undefined> => {
  const target = targetOf(plan);
  const there = await jobsOfRun(ports, plan, created);
  if (there.unread && !isFirst) return failUnseen(ports, event, there.unread);
  const message = `Action '${plan.action}' cannot run: ${why}`;
  if (there.jobs.length === 0) return { plan, message };
  // On every Job: the first one that exists carries the run's annotations.
  const refused = there.jobs.length < plan.jobs.length ? there.jobs : [];
  await Promise.all(
    refused.map((job) => ports.jobs.patch(refOf(job), { annotations: { [annotation.refused]: message } })),
  );
  await reconcileRun(ports, target, { owner: there.jobs.every(isIn(created)) });
  return undefined;
};

/** Jobs that this delivery created exist even if they cannot be listed. @throws IoError */
const jobsOfRun = async (ports: ReconcilePorts, plan: RunPlan, created: readonly Job[]): Promise<FoundJobs> => {
  const { runId, namespaces } = targetOf(plan);
  const { jobs, unread } = await listEach(namespaces, (one) => ports.jobs.listRun(runId, one));
  const unseen = unread ? created.filter((job) => !isIn(jobs)(job)) : [];
  return { jobs: [...jobs, ...unseen], unread };
};

const isIn = (jobs: readonly Job[]) => {
  const uids = new Set(jobs.map(({ metadata }) => metadata?.uid));
  return ({ metadata }: Job): boolean => uids.has(metadata?.uid);
};
