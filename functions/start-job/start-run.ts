// Creates all Jobs of a run, suspended, and lets the chain begin. Doing it again for the same event changes nothing.
import { advance } from "../chain/advance.ts";
import { aboutRun, type ChainPorts, refOf } from "../chain/ports.ts";
import type { SnapshotPorts, Taken } from "../chain/snapshot.ts";
import { envelopeOf, type KeptnEvent } from "../core/keptn-event.ts";
import { annotation } from "../core/marks.ts";
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
  /** When the sweep's timer was touched for this delivery. */
  readonly touchedAt: Date;
}

export const startRun = async (ports: RunPorts, planned: RunPlan, delivery: Delivery): Promise<void> => {
  const read = await unlessRefused(() => takeFiles(ports, planned));
  if ("refusal" in read) return refuseEvent(ports, planned, { delivery, message: read.refusal.message });
  const taken = read.done;
  if (taken.kind === "refused")
    return refuseEvent(ports, planned, { delivery, message: renderProblems(taken.problems) });
  const plan = { ...planned, jobs: taken.jobs };
  beInTime(ports, delivery);
  const { answers, refusal } = await createAll(ports, plan);
  const created = answers.filter((answer) => answer !== "exists");
  // Who created the first Job owns the announcement; who finds Jobs of an earlier delivery looks what became of them.
  const owner = created.some(({ metadata }) => metadata?.name === plan.jobs[0]?.metadata?.name);
  if (refusal) return refuseRun(ports, plan, { delivery, owner, refusal });
  const about = aboutRun({ id: plan.runId, event: envelopeOf(delivery.event) });
  ports.log({ level: "info", message: "created a run", action: plan.action, jobs: created.length, ...about });
  const target = targetOf(plan);
  const whole = created.length === plan.jobs.length;
  if (ports.files && taken.files.size > 0) {
    const { keepSnapshots } = await import("../chain/snapshot.ts");
    const jobs = whole ? created : await ports.jobs.listRun(target.runId, target.namespaces);
    await keepSnapshots(jobs, taken.files, ports.files.snapshots);
  }
  await advance(ports, { ...target, ...(whole ? { jobs: created } : {}) }, { owner });
};

/** FILES_MODE=snapshot: reads the files now, so that no pod has to. */
const takeFiles = async ({ files, settings, log }: RunPorts, { jobs }: RunPlan): Promise<Taken> => {
  if (!files || settings.FILES_MODE !== "snapshot") return { kind: "taken", jobs, files: new Map() };
  const { takeSnapshots } = await import("../chain/snapshot.ts");
  const say = (message: string) => log({ level: "info", message });
  return takeSnapshots(jobs, { connectFiles: files.connect, log: say });
};

/** No Job of this run exists: Keptn hears why, unless the action is silent. */
export const refuseEvent = async (
  ports: ChainPorts,
  plan: RunPlan,
  { delivery, message }: { readonly delivery: Delivery; readonly message: string },
): Promise<void> => {
  if (plan.silent) ports.log({ level: "warn", message, run: plan.runId, event: delivery.event.id });
  else await refuse(ports, delivery.event, { message, source: plan.source });
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

/**
 * The timer may be ended CREATE_GRACE_SECONDS after it was touched, if there is no run then: Jobs that came later would have none.
 * A third of that time leaves enough for the requests under way.
 */
const beInTime = (ports: ChainPorts, { touchedAt, event }: Delivery): void => {
  const lateMs = ports.clock.now().getTime() - touchedAt.getTime();
  if (lateMs < (ports.settings.CREATE_GRACE_SECONDS * 1000) / 3) return;
  throw new IoError(`event ${event.id}: ${lateMs} ms after the timer is too late to create its Jobs`, {
    retryable: true,
  });
};

/**
 * Kubernetes refuses a Job of the run (invalid, forbidden, over quota): none of them runs, and Keptn hears why. Of Jobs that an
 * earlier delivery created, a quota says no as well, before it is found that they are there: those are no refusal.
 */
const refuseRun = async (
  ports: ChainPorts,
  plan: RunPlan,
  { delivery, owner, refusal }: { delivery: Delivery; owner: boolean; refusal: IoError },
): Promise<void> => {
  const target = targetOf(plan);
  const there = await ports.jobs.listRun(target.runId, target.namespaces);
  const message = `Action '${plan.action}' cannot run: ${refusal.message}`;
  if (there.length === 0) return refuseEvent(ports, plan, { delivery, message });
  // On every Job: whichever is the first one that is there carries the run's marks.
  const refused = there.length < plan.jobs.length ? there : [];
  await Promise.all(
    refused.map((job) => ports.jobs.patch(refOf(job), { annotations: { [annotation.refused]: message } })),
  );
  await advance(ports, target, { owner });
};
