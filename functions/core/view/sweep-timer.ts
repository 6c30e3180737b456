// What the sweep's timer has to do with a run that is stuck: it should have gone on with it.
import type { Sight } from "./sight.ts";

/** A step that is due is taken by the next sweep, once a minute; some time for it to do so. */
export const sweepSeconds = 75;

/** @returns the end of a `why`, and the end of a `fix` */
export const explainSweep = ({ timer = "unknown" }: Sight): { readonly why: string; readonly fix: string } =>
  words[timer];

const finishTaskLog =
  "Read the log of finish-task: kubectl logs -n <its namespace> -l serving.knative.dev/service=finish-task -c user-container";

const words = {
  there: { why: "", fix: `The sweep's timer is there, so finish-task fails at it. ${finishTaskLog}` },
  missing: {
    why: " The sweep's timer (a PingSource) is not there: nothing goes on with it by itself.",
    fix: "start-job makes the timer again with the next event that it takes, if PingSources are installed and it may create them.",
  },
  unknown: { why: "", fix: `Is the sweep's timer there (kubectl get pingsources -A)? ${finishTaskLog}` },
} as const;
