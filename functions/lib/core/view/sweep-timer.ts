// Explains the sweep's part in a stuck run: the sweep should have continued it.
import type { ClusterView } from "./cluster-view.ts";

/** The sweep picks up due steps once a minute, and needs some time. */
export const sweepSeconds = 75;

/** @returns the end of a `why`, and the end of a `fix` */
export const explainSweep = ({ timer = "unknown" }: ClusterView): { readonly why: string; readonly fix: string } =>
  words[timer];

const finishTaskLog =
  "Check finish-task's log: kubectl logs -n <its namespace> -l serving.knative.dev/service=finish-task -c user-container";

const words = {
  there: { why: "", fix: `The sweep's timer exists, so finish-task fails at this step. ${finishTaskLog}` },
  missing: {
    why: " The sweep's timer (a PingSource) does not exist, so the run does not continue by itself.",
    fix: "start-job recreates the timer with the next event that it accepts, if PingSources are installed and it may create them.",
  },
  unknown: { why: "", fix: `Check that the sweep's timer exists (kubectl get pingsources -A). ${finishTaskLog}` },
} as const;
