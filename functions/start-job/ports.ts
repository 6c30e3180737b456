// What start-job needs of the world.
import type { SnapshotPorts } from "../lib/files/snapshot.ts";
import type { JobWatch, Timer } from "../lib/kubernetes/ports.ts";
import type { ReconcilePorts } from "../lib/run/ports.ts";

export interface StartRunPorts extends ReconcilePorts {
  /** For FILES_MODE=snapshot. Undefined: init containers always fetch the files. */
  readonly files?: {
    readonly connect: SnapshotPorts["connectFiles"];
  };
}

export interface StartJobPorts extends StartRunPorts {
  readonly timer: Timer;
  /** Undefined: the operator manages the ApiServerSource. */
  readonly watch?: JobWatch;
}
