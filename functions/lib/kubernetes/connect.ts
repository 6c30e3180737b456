// All Kubernetes ports of the functions, on one connection.
import { hostname } from "node:os";
import { runScopeOf } from "../core/run/run-scope.ts";
import type { Settings } from "../core/settings/settings.ts";
import { connectApi } from "./api.ts";
import { connectJobWatch } from "./job-watch.ts";
import { connectJobs } from "./jobs.ts";
import { connectNote } from "./note.ts";
import { connectPods } from "./pods.ts";
import type { Jobs, JobWatch, Note, Pods, Snapshots, Timer } from "./ports.ts";
import { connectSnapshots } from "./snapshot.ts";
import { connectTimer } from "./timer.ts";

export interface Kubernetes {
  readonly jobs: Jobs;
  readonly pods: Pods;
  readonly timer: Timer;
  /** Undefined: the ApiServerSource, if any, is installed permanently. */
  readonly watch?: JobWatch;
  readonly note: Note;
  readonly snapshots: Snapshots;
  /** Opens a connection for the first request in advance. Never throws. */
  preconnect(): void;
}

/** Does not open a connection yet. @throws Error if the cluster's configuration cannot be read */
export const connectKubernetes = (settings: Settings, warn: (message: string) => void): Kubernetes => {
  const api = connectApi();
  const { WATCH_NAME, WATCH_SPEC_DIR: specFolder, FULL_DEPLOYMENT_NAME } = settings;
  const sources = { namespace: settings.TIMER_NAMESPACE ?? api.namespace, missing: warn };
  return {
    ...(WATCH_NAME ? { watch: connectJobWatch(api, { ...sources, name: WATCH_NAME, specFolder }) } : {}),
    jobs: connectJobs(api),
    pods: connectPods(api),
    snapshots: connectSnapshots(api),
    preconnect: () => api.preconnect(),
    timer: connectTimer(api, {
      ...sources,
      name: settings.TIMER_NAME,
      schedule: settings.TIMER_SCHEDULE,
      sink: settings.TIMER_SINK,
      scope: runScopeOf(settings),
    }),
    note: connectNote(api, { controller: `keptn.sh/${FULL_DEPLOYMENT_NAME}`, pod: hostname(), failed: warn }),
  };
};
