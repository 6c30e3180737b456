// The port of engines that run containers on this machine: podman, docker, or processes.
import type { Container, PodSpec } from "../../lib/core/kubernetes.ts";

export interface Engine {
  readonly name: "podman" | "docker" | "process";
  /**
   * Runs one container to its end. `signal` stops it: gracefully first, and by force after its grace period.
   * Failures and start errors are ends, too.
   */
  run(order: ContainerOrder, signal: AbortSignal): Promise<ContainerEnd>;
}

export interface ContainerOrder {
  /** Unique on this machine. */
  readonly id: string;
  /** Command and arguments have their variables expanded. */
  readonly container: Container;
  readonly pod: PodSpec;
  readonly env: ReadonlyMap<string, string>;
  /** Paths in the container, with the folder or file on this machine for each. */
  readonly mounts: Readonly<Record<string, string>>;
  readonly graceSeconds: number;
  readonly onStarted: () => void;
  readonly onOutput: (bytes: Uint8Array) => void;
}

export type ContainerEnd =
  | {
      readonly kind: "ended";
      readonly exitCode: number;
      /** The kubelet's reason: Completed, Error, OOMKilled, StartError. */
      readonly reason: string;
      readonly message?: string;
      readonly startedAt: Date;
      readonly finishedAt: Date;
    }
  /** It was never created. */
  | { readonly kind: "refused"; readonly reason: string; readonly message: string };

export const refused = (reason: string, message: string): ContainerEnd => ({ kind: "refused", reason, message });

export interface EngineContext {
  /** An existing working folder for the engine. */
  readonly folder: string;
  /** Prints a message to the user. */
  readonly say: (message: string) => void;
  readonly now: () => Date;
}
