// The life of one local pod: its init containers, its container, its deadline, and the status of its Job.
import { randomUUID } from "node:crypto";
import type { Container, Job, Pod } from "../../core/kubernetes.ts";
import { refOf } from "../../core/object-meta.ts";
import type { ContainerEnd, Engine } from "./engine.ts";
import { activeStatus, endedStatuses } from "./job-status.ts";
import type { JobStatus, LocalJobs } from "./jobs.ts";
import type { LogFile } from "./log-file.ts";
import { type ContainerKind, makePod, withDeadlinePassed, withEnd, withRunning } from "./pod.ts";
import { makePodFolder, type PodFolder } from "./pod-folder.ts";
import { type ContainerWorld, runContainer } from "./run-container.ts";

export interface PodWorld extends ContainerWorld {
  readonly jobs: LocalJobs;
  readonly engine: Engine;
  /** A folder of this machine for the folders of the pods. */
  readonly folder: string;
  readonly watcher: PodWatcher;
}

/** Hears what happens to pods, as it happens. */
export interface PodWatcher {
  onStart(job: Job): void;
  onOutput(job: Job, container: string, bytes: Uint8Array): void;
  onEnd(job: Job, pod: Pod): void;
}

export interface PodRun {
  /** As it is now. */
  pod(): Pod;
  /** Output by container. */
  readonly logs: ReadonlyMap<string, LogFile>;
  readonly done: Promise<void>;
  stop(): void;
  /** Stops it with its Job: what becomes of it says nothing of the Job any more. */
  remove(): void;
}

export const runPod = (world: PodWorld, job: Job): PodRun => {
  const name = `${job.metadata?.name}-${randomUUID().slice(0, 5)}`;
  const life: Life = {
    job,
    pod: makePod(job, { name, uid: randomUUID(), now: world.now() }),
    logs: new Map(),
    status: activeStatus(world.now()),
    end: new AbortController(),
    isLate: false,
    isRemoved: false,
  };
  const stop = () => life.end.abort();
  const remove = () => {
    life.isRemoved = true;
    stop();
  };
  return { pod: () => life.pod, logs: life.logs, done: live(world, life), stop, remove };
};

interface Life {
  readonly job: Job;
  pod: Pod;
  readonly logs: Map<string, LogFile>;
  status: JobStatus;
  /** Ends whatever runs. */
  readonly end: AbortController;
  isLate: boolean;
  isRemoved: boolean;
}

const live = async (world: PodWorld, life: Life): Promise<void> => {
  const ref = refOf(life.job);
  world.jobs.setStatus(ref, life.status);
  world.watcher.onStart(life.job);
  const timer = setTimeout(() => {
    life.isLate = true;
    life.end.abort();
  }, deadlineMs(life.job));
  try {
    const passed = await runAll(world, life);
    world.watcher.onEnd(life.job, life.pod);
    if (life.isRemoved) return;
    for (const status of endedStatuses(life.status, passed ? "succeeded" : "failed", world.now())) {
      world.jobs.setStatus(ref, status);
    }
  } finally {
    clearTimeout(timer);
    for (const log of life.logs.values()) log.close();
  }
};

/** One container after the other. @returns whether all of them did what they should */
const runAll = async (world: PodWorld, life: Life): Promise<boolean> => {
  const { initContainers = [], containers } = life.pod.spec!;
  const folder = await makePodFolder(world.folder, life.pod, world);
  const all = [
    ...initContainers.map((container) => ({ container, kind: "initContainerStatuses" as const })),
    ...containers.map((container) => ({ container, kind: "containerStatuses" as const })),
  ];
  for (const { container, kind } of all) {
    const end = await runOne(world, life, { container, kind, folder });
    life.pod = withEnd(life.pod, kind, { name: container.name, end });
    if (life.isLate) life.pod = withDeadlinePassed(life.pod);
    if (life.isLate || end.kind === "refused" || end.exitCode !== 0) return false;
  }
  return true;
};

const runOne = (
  world: PodWorld,
  life: Life,
  { container, kind, folder }: { container: Container; kind: ContainerKind; folder: PodFolder },
): Promise<ContainerEnd> => {
  const log = folder.openLog(container.name);
  life.logs.set(container.name, log);
  const onStarted = () => {
    life.pod = withRunning(life.pod, kind, { name: container.name, at: world.now() });
    life.status = { ...life.status, ready: kind === "containerStatuses" ? 1 : 0 };
    world.jobs.setStatus(refOf(life.job), life.status);
  };
  const onOutput = (bytes: Uint8Array) => {
    log.append(bytes);
    world.watcher.onOutput(life.job, container.name, bytes);
  };
  return runContainer(world, { container, pod: life.pod, folder, onStarted, onOutput }, life.end.signal);
};

/** The pod's own, which the kubelet keeps, and the Job's; no timer of Node goes beyond its 24 days. */
const deadlineMs = ({ spec }: Job): number => {
  const seconds = [spec?.template.spec?.activeDeadlineSeconds, spec?.activeDeadlineSeconds];
  return Math.min(2 ** 31 - 1, ...seconds.flatMap((limit) => (limit === undefined ? [] : [limit * 1000])));
};
