// What runs containers on this machine, in our words: podman, docker, or processes.
import type { Container, PodSpec } from "../../core/kubernetes.ts";

export interface Engine {
  readonly name: "podman" | "docker" | "process";
  /**
   * Runs one container to its end. `signal` stops it: politely first, and for good after its grace time.
   * What the container does wrong, and what keeps it from starting, is an end as well.
   */
  run(order: ContainerOrder, signal: AbortSignal): Promise<ContainerEnd>;
}

export interface ContainerOrder {
  /** Unique on this machine. */
  readonly id: string;
  /** Command and arguments with their variables expanded. */
  readonly container: Container;
  readonly pod: PodSpec;
  readonly env: ReadonlyMap<string, string>;
  /** Paths in the container, and the folder or file of this machine that each one stands for. */
  readonly mounts: Readonly<Record<string, string>>;
  readonly graceSeconds: number;
  readonly onStarted: () => void;
  readonly onOutput: (bytes: Uint8Array) => void;
}

export type ContainerEnd =
  | {
      readonly kind: "ended";
      readonly exitCode: number;
      /** As the kubelet says it: Completed, Error, OOMKilled, StartError. */
      readonly reason: string;
      readonly message?: string;
      readonly startedAt: Date;
      readonly finishedAt: Date;
    }
  /** It was never made. */
  | { readonly kind: "refused"; readonly reason: string; readonly message: string };

/** Says something to the person at the terminal. */
export type Say = (message: string) => void;
