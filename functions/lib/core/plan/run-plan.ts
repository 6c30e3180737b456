// One run as it is planned: an action for an event.
import type { Job } from "../kubernetes.ts";

export interface RunPlan {
  readonly runId: string;
  readonly action: string;
  readonly silent: boolean;
  /** `source` of its events: Keptn counts events per source. */
  readonly source: string;
  /** Empty if the run is refused. */
  readonly jobs: readonly Job[];
  /**
   * Index of the Job that is created first, and by which a redelivery knows the run: of a task that starts at once, if there is one. The
   * Jobs of tasks that never ran are deleted when the run is reported; this one stays.
   */
  readonly lockIndex: number;
  /** Why it does not run while others of its event do, as one text: it only gets an answer. */
  readonly refused?: string;
}
