// What moving a run forward needs of the world.
import type { Envelope } from "../core/keptn-event.ts";
import type { Settings } from "../core/settings.ts";
import type { Keptn } from "../io/keptn.ts";
import type { Jobs, Note, Pods, Snapshots } from "../io/kubernetes/ports.ts";
import type { Clock, Log, LogLine } from "../io/world.ts";

export type { Log, LogLine };

export interface ChainPorts {
  readonly jobs: Jobs;
  readonly pods: Pods;
  readonly keptn: Keptn;
  readonly note: Note;
  readonly snapshots: Snapshots;
  readonly log: Log;
  readonly settings: Settings;
  readonly clock: Clock;
  /** A name for a claim that no other process and no other delivery has. */
  readonly newClaimant: () => string;
  /** Called when Keptn took all that it is due about a run, before it is seen counted and the Jobs are let go. */
  readonly told?: () => void;
}

/** Epoch milliseconds. */
export const nowMs = ({ clock }: ChainPorts): number => clock.now().getTime();

/** The fields by which every line about a run can be found. */
export const aboutRun = (run: { readonly id: string; readonly event: Envelope }) => ({
  run: run.id,
  event: run.event.id,
  context: run.event.shkeptncontext,
});
