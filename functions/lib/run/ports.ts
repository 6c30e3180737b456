// The ports for moving a run forward.
import type { Envelope } from "../core/event/keptn-event.ts";
import type { Settings } from "../core/settings/settings.ts";
import type { Keptn } from "../keptn/ports.ts";
import type { Jobs, Note, Pods, Snapshots } from "../kubernetes/ports.ts";
import type { Clock, Log } from "../process.ts";

export interface ReconcilePorts {
  readonly jobs: Jobs;
  readonly pods: Pods;
  readonly keptn: Keptn;
  readonly note: Note;
  readonly snapshots: Snapshots;
  readonly log: Log;
  readonly settings: Settings;
  readonly clock: Clock;
  /** A lease holder name, unique across processes and deliveries. */
  readonly newHolderIdentity: () => string;
  /** Called when Keptn accepted all events of a run, before they are counted and the Jobs are finalized. */
  readonly told?: () => void;
}

export const nowMs = ({ clock }: ReconcilePorts): number => clock.now().getTime();

/** The log fields that identify a run. */
export const aboutRun = (run: { readonly id: string; readonly event: Envelope }) => ({
  run: run.id,
  event: run.event.id,
  context: run.event.shkeptncontext,
});
