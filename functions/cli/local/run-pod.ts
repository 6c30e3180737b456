// The life of one local pod: init containers, containers and deadline.
import { randomUUID } from "node:crypto";
import type { Container, Job, Pod } from "../../lib/core/kubernetes.ts";
import type { Tries } from "../../lib/core/pod/tries.ts";
import type { ContainerEnd, Engine } from "./engine.ts";
import type { LocalJobs } from "./jobs.ts";
import type { LogFile } from "./log-file.ts";
import { type ContainerKind, makePod, withDeadlinePassed, withEnd, withRunning } from "./pod.ts";
import { makePodFolder, type PodFolder } from "./pod-folder.ts";
import { type ContainerWorld, runContainer } from "./run-container.ts";

export interface PodWorld extends ContainerWorld {
  readonly jobs: LocalJobs;
  readonly engine: Engine;
  /** Parent of the pods' folders. */
  readonly folder: string;
  readonly watcher: PodWatcher;
}

/** Listens to pods. */
export interface PodWatcher {
  onStart(job: Job): void;
  onOutput(job: Job, container: string, bytes: Uint8Array): void;
  /** @param again the try that ends, if another one follows */
  onEnd(job: Job, pod: Pod, again?: Tries): void;
}

export interface PodRun {
  /** The current state. */
  pod(): Pod;
  /** Logs by container. */
  readonly logs: ReadonlyMap<string, LogFile>;
  /** Whether all containers succeeded. */
  readonly done: Promise<boolean>;
  close(): void;
}

export interface PodLife {
  /** Called with the number of ready pods. */
  readonly onReady: (ready: number) => void;
  /** Stops it. */
  readonly signal: AbortSignal;
}

export const runPod = (world: PodWorld, job: Job, given: PodLife): PodRun => {
  const name = `${job.metadata?.name}-${randomUUID().slice(0, 5)}`;
  const life: Life = {
    ...{ job, ...given, logs: new Map(), end: new AbortController(), isLate: false },
    pod: makePod(job, { name, uid: randomUUID(), now: world.now() }),
  };
  const close = () => {
    for (const log of life.logs.values()) log.close();
  };
  return { pod: () => life.pod, logs: life.logs, done: live(world, life), close };
};

interface Life extends PodLife {
  readonly job: Job;
  pod: Pod;
  readonly logs: Map<string, LogFile>;
  /** Aborted at the pod's deadline. */
  readonly end: AbortController;
  isLate: boolean;
}

const live = async (world: PodWorld, life: Life): Promise<boolean> => {
  const timer = setTimeout(() => {
    life.isLate = true;
    life.end.abort();
  }, timerMs(life.job.spec?.template.spec?.activeDeadlineSeconds));
  try {
    return await runAll(world, life);
  } finally {
    clearTimeout(timer);
  }
};

/** Runs the containers one after the other. @returns whether all succeeded */
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
    life.onReady(kind === "containerStatuses" ? 1 : 0);
  };
  const onOutput = (bytes: Uint8Array) => {
    log.append(bytes);
    world.watcher.onOutput(life.job, container.name, bytes);
  };
  return runContainer(
    world,
    { container, pod: life.pod, folder, onStarted, onOutput },
    AbortSignal.any([life.end.signal, life.signal]),
  );
};

/** Node's timers are limited to 24 days. @param seconds undefined: no deadline */
export const timerMs = (seconds: number | undefined): number => Math.min(2 ** 31 - 1, (seconds ?? Infinity) * 1000);
