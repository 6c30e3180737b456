// Lets a run begin whose Jobs are there, or tells why it cannot. Doing it again for the same event changes nothing.
import { advance } from "../chain/advance.ts";
import { aboutRun, type ChainPorts } from "../chain/ports.ts";
import type { SnapshotFiles, SnapshotPorts, Taken } from "../chain/snapshot.ts";
import { envelopeOf, type KeptnEvent } from "../core/keptn-event.ts";
import type { Job } from "../core/kubernetes.ts";
import { annotation } from "../core/marks.ts";
import { refOf } from "../core/object-meta.ts";
import type { RunPlan } from "../core/plan.ts";
import { renderProblems } from "../core/problem.ts";
import { unlessRefused } from "../io/io-error.ts";
import type { CreatedRun } from "./create-jobs.ts";
import { type FoundJobs, failUnseen, mergeLists, namespacesOfPlan } from "./event-jobs.ts";

export interface RunPorts extends ChainPorts {
  /** For FILES_MODE=snapshot; not there: a task's files are always fetched by its init container. */
  readonly files?: {
    readonly connect: SnapshotPorts["connectFiles"];
  };
}

export interface PreparedRun {
  readonly plan: RunPlan;
  readonly files: SnapshotFiles;
  /** Why it cannot run; undefined: it can. */
  readonly refused?: string;
  /** Keptn counted a `.started` of it already. */
  readonly announced?: boolean;
}

/** FILES_MODE=snapshot: reads the files now, so that no pod has to. @throws IoError */
export const prepareRun = async (ports: RunPorts, plan: RunPlan): Promise<PreparedRun> => {
  if (plan.refused !== undefined) return { plan, files: new Map(), refused: plan.refused };
  const read = await unlessRefused(() => takeFiles(ports, plan));
  if ("refusal" in read) return { plan, files: new Map(), refused: read.refusal.message };
  const taken = read.done;
  if (taken.kind === "refused") return { plan, files: new Map(), refused: renderProblems(taken.problems) };
  return { plan: { ...plan, jobs: taken.jobs }, files: taken.files };
};

const takeFiles = async ({ files, settings, log }: RunPorts, { jobs }: RunPlan): Promise<Taken> => {
  if (!files || settings.FILES_MODE !== "snapshot") return { kind: "taken", jobs, files: new Map() };
  const { takeSnapshots } = await import("../chain/snapshot.ts");
  const say = (message: string) => log({ level: "info", message });
  return takeSnapshots(jobs, { connectFiles: files.connect, log: say });
};

/** Its Jobs are there: so have to be their files, before any run of the event is announced. @throws IoError */
export const keepFiles = async (
  ports: RunPorts,
  { plan, created }: CreatedRun,
  files: SnapshotFiles,
): Promise<void> => {
  if (!ports.files || files.size === 0) return;
  const { runId, namespaces } = targetOf(plan);
  const { keepSnapshots } = await import("../chain/snapshot.ts");
  const jobs = isWhole(plan, created) ? created : await ports.jobs.listRun(runId, namespaces);
  await keepSnapshots(jobs, files, ports.snapshots);
};

const isWhole = (plan: RunPlan, created: readonly Job[]): boolean => created.length === plan.jobs.length;

/** All Jobs of its event are there, with their files. @throws IoError */
export const startRun = async (
  ports: RunPorts,
  { plan, created }: CreatedRun,
  { event, announced }: { readonly event: KeptnEvent } & Pick<PreparedRun, "announced">,
): Promise<void> => {
  const about = aboutRun({ id: plan.runId, event: envelopeOf(event) });
  ports.log({ level: "info", message: "created a run", action: plan.action, jobs: created.length, ...about });
  const target = targetOf(plan);
  const whole = isWhole(plan, created);
  // Who created all of it owns the announcement. Who finds Jobs there, or is told that Keptn counted a `.started`, looks what
  // became of them: an earlier delivery may have announced the run, even where its first Job is not there any more.
  await advance(ports, { ...target, ...(whole ? { jobs: created } : {}) }, { owner: whole && !announced });
};

export const targetOf = (plan: RunPlan) => ({ runId: plan.runId, namespaces: namespacesOfPlan([plan]) });

/** A run of which no Job is there: only start-job can tell Keptn of it. */
export interface RefusedRun {
  readonly plan: RunPlan;
  readonly message: string;
}

export interface Refusing {
  readonly event: KeptnEvent;
  readonly created?: readonly Job[];
  readonly why: string;
  /** No other delivery had created any Job of the event before this one did. */
  readonly isFirst?: boolean;
}

/**
 * Kubernetes refuses the run for good (invalid, forbidden, over quota): none of its Jobs runs, and Keptn hears why. Of Jobs that an
 * earlier delivery created, a quota says no as well, before it is found that they are there: those are no refusal.
 * @returns the run where none of its Jobs is there
 * @throws IoError, retryable where Jobs of it may run that cannot be listed
 */
export const refuseRun = async (
  ports: ChainPorts,
  plan: RunPlan,
  { event, created = [], why, isFirst = false }: Refusing,
): Promise<RefusedRun | undefined> => {
  const target = targetOf(plan);
  const there = await jobsOfRun(ports, plan, created);
  if (there.unread && !isFirst) return failUnseen(ports, event, there.unread);
  const message = `Action '${plan.action}' cannot run: ${why}`;
  if (there.jobs.length === 0) return { plan, message };
  // On every Job: whichever is the first one that is there carries the run's marks.
  const refused = there.jobs.length < plan.jobs.length ? there.jobs : [];
  await Promise.all(
    refused.map((job) => ports.jobs.patch(refOf(job), { annotations: { [annotation.refused]: message } })),
  );
  const isOurs = ({ metadata }: Job) => created.some((job) => job.metadata?.uid === metadata?.uid);
  await advance(ports, target, { owner: there.jobs.every(isOurs) });
  return undefined;
};

/** Those that this delivery created are there, whether or not they may be listed. @throws IoError */
const jobsOfRun = async (ports: ChainPorts, plan: RunPlan, created: readonly Job[]): Promise<FoundJobs> => {
  const { runId, namespaces } = targetOf(plan);
  const lists = await Promise.all(
    namespaces.map((namespace) => unlessRefused(() => ports.jobs.listRun(runId, [namespace]))),
  );
  const { jobs: listed, unread } = mergeLists(lists);
  const unseen = created.filter(({ metadata }) => !listed.some((job) => job.metadata?.uid === metadata?.uid));
  return { jobs: [...listed, ...(unread ? unseen : [])], ...(unread ? { unread } : {}) };
};
