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
  /** Why it does not run while others of its event do, as one text: it only gets an answer. */
  readonly refused?: string;
}
