// The life of one local pod: init containers, containers and deadline.
import { randomUUID } from "node:crypto";
import type { Container, Job, Pod } from "../../lib/core/kubernetes.ts";
import type { Tries } from "../../lib/core/pod/tries.ts";
import type { LocalJobs } from "./jobs.ts";
import type { LogFile } from "./log-file.ts";
import { type ContainerKind, makePod, withDeadlinePassed, withEnd, withRunning } from "./pod.ts";
import { makePodFolder, type PodFolder } from "./pod-folder.ts";
import { type ContainerWorld, runContainer } from "./run-container.ts";

export interface PodWorld extends ContainerWorld {
  readonly jobs: LocalJobs;
  /** Parent of the pods' folders. */
  readonly folder: string;
  readonly watcher: PodWatcher;
}

export interface PodWatcher {
  onStart(job: Job): void;
  onOutput(job: Job, container: string, bytes: Uint8Array): void;
  /** @param again the try that ends, if another one follows */
  onEnd(job: Job, pod: Pod, again?: Tries): void;
}

export interface PodRun {
  pod(): Pod;
  /** By container. */
  readonly logs: ReadonlyMap<string, LogFile>;
  /** Whether all containers succeeded. */
  readonly done: Promise<boolean>;
  close(): void;
}

export const runPod = (world: PodWorld, job: Job, given: Pick<Life, "onReady" | "signal">): PodRun => {
  const name = `${job.metadata?.name}-${randomUUID().slice(0, 5)}`;
  const pod = makePod(job, { name, uid: randomUUID(), now: world.now() });
  const life: Life = { ...given, job, pod, logs: new Map(), deadline: new AbortController() };
  const close = () => {
    for (const log of life.logs.values()) log.close();
  };
  return { pod: () => life.pod, logs: life.logs, done: live(world, life), close };
};

interface Life {
  readonly job: Job;
  pod: Pod;
  readonly logs: Map<string, LogFile>;
  readonly deadline: AbortController;
  /** Stops the pod. */
  readonly signal: AbortSignal;
  /** Called with the number of ready pods. */
  readonly onReady: (ready: number) => void;
}

/** Runs the containers one after the other. @returns whether all succeeded */
const live = async (world: PodWorld, life: Life): Promise<boolean> => {
  const { initContainers = [], containers, activeDeadlineSeconds } = life.pod.spec!;
  const timer = setTimeout(() => life.deadline.abort(), timerMs(activeDeadlineSeconds));
  try {
    const folder = await makePodFolder(world.folder, life.pod, world);
    for (const container of initContainers)
      if (!(await runOne(world, life, { container, kind: "initContainerStatuses", folder }))) return false;
    for (const container of containers)
      if (!(await runOne(world, life, { container, kind: "containerStatuses", folder }))) return false;
    return true;
  } finally {
    clearTimeout(timer);
  }
};

/** @returns whether it succeeded before the pod's deadline */
const runOne = async (
  world: PodWorld,
  life: Life,
  { container, kind, folder }: { container: Container; kind: ContainerKind; folder: PodFolder },
): Promise<boolean> => {
  const log = folder.openLog(container.name);
  life.logs.set(container.name, log);
  const onStarted = () => {
    life.pod = withRunning(life.pod, kind, { name: container.name, at: world.now() });
    life.onReady(kind === "containerStatuses" ? 1 : 0);
  };
  const onOutput = (bytes: Uint8Array) => {
    log.append(bytes);
    world.watcher.onOutput(life.job, container.name, bytes);
  };
  const signal = AbortSignal.any([life.deadline.signal, life.signal]);
  const end = await runContainer(world, { container, pod: life.pod, folder, onStarted, onOutput }, signal);
  life.pod = withEnd(life.pod, kind, { name: container.name, end });
  if (life.deadline.signal.aborted) life.pod = withDeadlinePassed(life.pod);
  return !life.deadline.signal.aborted && end.kind === "ended" && end.exitCode === 0;
};

/** Node's timers are limited to 24 days. @param seconds undefined: no deadline */
export const timerMs = (seconds: number | undefined): number => Math.min(2 ** 31 - 1, (seconds ?? Infinity) * 1000);
