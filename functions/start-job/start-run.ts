// Creates all Jobs of a run, suspended, and lets the chain begin. Doing it again for the same event changes nothing.
import { advance } from "../chain/advance.ts";
import { aboutRun, type ChainPorts, refOf } from "../chain/ports.ts";
import type { SnapshotFiles, SnapshotPorts, Taken } from "../chain/snapshot.ts";
import { envelopeOf, type KeptnEvent } from "../core/keptn-event.ts";
import type { Job } from "../core/kubernetes.ts";
import { annotation } from "../core/marks.ts";
import { askedWithinSeconds } from "../core/memory.ts";
import type { RunPlan } from "../core/plan.ts";
import { renderProblems } from "../core/problem.ts";
import { IoError, unlessRefused } from "../io/io-error.ts";
import type { Snapshots } from "../io/kubernetes/snapshot.ts";
import { refuse } from "./refuse.ts";

export interface RunPorts extends ChainPorts {
  /** For FILES_MODE=snapshot; not there: a task's files are always fetched by its init container. */
  readonly files?: {
    readonly connect: SnapshotPorts["connectFiles"];
    readonly snapshots: Snapshots;
  };
}

interface Delivery {
  readonly event: KeptnEvent;
  /** When Keptn began to be asked how it stands with its runs. */
  readonly askedAt: Date;
  /** When the sweep's timer was touched for this delivery. */
  readonly touchedAt: Date;
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

/** @throws IoError */
export const startRun = async (
  ports: RunPorts,
  { plan, files, refused, announced }: PreparedRun,
  delivery: Delivery,
): Promise<void> => {
  const { event } = delivery;
  if (refused !== undefined) return refuseRun(ports, plan, { event, why: refused });
  beInTime(ports, delivery);
  const { answers, refusal } = await createAll(ports, plan);
  const created = answers.filter((answer) => answer !== "exists");
  if (refusal) return refuseRun(ports, plan, { event, created, why: refusal.message });
  const about = aboutRun({ id: plan.runId, event: envelopeOf(event) });
  ports.log({ level: "info", message: "created a run", action: plan.action, jobs: created.length, ...about });
  const target = targetOf(plan);
  const whole = created.length === plan.jobs.length;
  if (ports.files && files.size > 0) {
    const { keepSnapshots } = await import("../chain/snapshot.ts");
    const jobs = whole ? created : await ports.jobs.listRun(target.runId, target.namespaces);
    await keepSnapshots(jobs, files, ports.files.snapshots);
  }
  // Who created all of it owns the announcement. Who finds Jobs there, or is told that Keptn counted a `.started`, looks what
  // became of them: an earlier delivery may have announced the run, even where its first Job is not there any more.
  await advance(ports, { ...target, ...(whole ? { jobs: created } : {}) }, { owner: whole && !announced });
};

/** @throws IoError when a Job could neither be created nor was refused */
const createAll = async (ports: ChainPorts, plan: RunPlan) => {
  const settled = await Promise.allSettled(plan.jobs.map((job) => ports.jobs.create(job)));
  const faults = settled.flatMap((one): unknown[] => (one.status === "rejected" ? [one.reason] : []));
  const refusal = faults.find((fault): fault is IoError => fault instanceof IoError && !fault.retryable);
  if (faults.length > 0 && !refusal) throw faults[0];
  return { answers: settled.flatMap((one) => (one.status === "fulfilled" ? [one.value] : [])), refusal };
};

const targetOf = (plan: RunPlan) => ({
  runId: plan.runId,
  namespaces: [...new Set(plan.jobs.map(({ metadata }) => metadata?.namespace ?? ""))],
});

/** The least of CREATE_GRACE_SECONDS in any version is 60: a third of it leaves enough for the requests under way. */
const createWithinMs = 20_000;

/**
 * A sweep may end the timer CREATE_GRACE_SECONDS after it was touched, if there is no run then: Jobs that came later would have none.
 * And what Keptn said long ago need not be so any more: a run that was open then can have ended, and its Jobs be gone.
 */
const beInTime = (ports: ChainPorts, { askedAt, touchedAt, event }: Delivery): void => {
  const nowMs = ports.clock.now().getTime();
  const late = (since: Date, mostMs: number, what: string): void => {
    const lateMs = nowMs - since.getTime();
    if (lateMs < mostMs) return;
    throw new IoError(`event ${event.id}: ${lateMs} ms after ${what} is too late to create its Jobs`, {
      retryable: true,
    });
  };
  late(touchedAt, createWithinMs, "the timer");
  late(askedAt, askedWithinSeconds * 1000, "Keptn was asked");
};

/**
 * Kubernetes refuses the run for good (invalid, forbidden, over quota): none of its Jobs runs, and Keptn hears why. Of Jobs that an
 * earlier delivery created, a quota says no as well, before it is found that they are there: those are no refusal.
 * @throws IoError
 */
export const refuseRun = async (
  ports: ChainPorts,
  plan: RunPlan,
  { event, created = [], why }: { readonly event: KeptnEvent; readonly created?: readonly Job[]; readonly why: string },
): Promise<void> => {
  const target = targetOf(plan);
  const listed = await unlessRefused(() => ports.jobs.listRun(target.runId, target.namespaces));
  const message = `Action '${plan.action}' cannot run: ${why}`;
  const there = "done" in listed ? listed.done : [];
  if (there.length === 0) return refuseEvent(ports, plan, { event, message });
  // On every Job: whichever is the first one that is there carries the run's marks.
  const refused = there.length < plan.jobs.length ? there : [];
  await Promise.all(
    refused.map((job) => ports.jobs.patch(refOf(job), { annotations: { [annotation.refused]: message } })),
  );
  const isOurs = ({ metadata }: Job) => created.some((job) => job.metadata?.uid === metadata?.uid);
  await advance(ports, target, { owner: there.every(isOurs) });
};

/** No Job of this run exists: Keptn hears why, unless the action is silent. */
const refuseEvent = async (
  ports: ChainPorts,
  plan: RunPlan,
  { event, message }: { readonly event: KeptnEvent; readonly message: string },
): Promise<void> => {
  if (plan.silent) ports.log({ level: "warn", message, run: plan.runId, event: event.id });
  else await refuse(ports, event, { message, source: plan.source });
};
