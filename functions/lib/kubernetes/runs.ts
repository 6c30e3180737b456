// Read-only requests for `job-executor runs`, whose number does not depend on the number of runs.
import { label } from "../core/annotations/annotations.ts";
import type { Job, Pod } from "../core/kubernetes.ts";
import { IoError } from "../io-error.ts";
import type { KubernetesApi } from "./api.ts";
import { collectionOfJobs, namespaced } from "./job-paths.ts";
import { listAll } from "./list.ts";
import { connectPods } from "./pods.ts";
import type { Pods } from "./ports.ts";
import { touched } from "./timer.ts";

export interface Runs {
  /** Jobs of all runs, open and reported, in a namespace; "*" means all. One request. @throws IoError */
  listJobs(namespace: string): Promise<Job[]>;
  /** Running pods of all runs, or all pods of one run. One request. @throws IoError */
  listPods(namespace: string, runId?: string): Promise<Pod[]>;
  /** See {@link Pods}. */
  readonly listWarnings: Pods["listWarnings"];
  /** Whether the sweep's timer exists in any namespace. @throws IoError */
  findTimer(): Promise<"there" | "missing" | "unknown">;
}

export const connectRuns = (api: KubernetesApi): Runs => ({
  listJobs: (namespace) =>
    listAll<Job>(api, {
      collection: collectionOfJobs(namespace),
      selectors: { labelSelector: `${label.state} in (waiting,released,reported)` },
    }),
  listPods: (namespace, runId) => {
    const running = { labelSelector: label.run, fieldSelector: "status.phase!=Succeeded,status.phase!=Failed" };
    const selectors = runId === undefined ? running : { labelSelector: `${label.run}=${runId}` };
    return listAll<Pod>(api, { collection: `${namespaced(namespace)}/pods`, selectors });
  },
  listWarnings: connectPods(api).listWarnings,
  findTimer: async () => {
    try {
      const timers = await listAll<Pick<Job, "metadata">>(api, {
        collection: "/apis/sources.knative.dev/v1/pingsources",
      });
      return timers.some(({ metadata }) => metadata?.annotations?.[touched]) ? "there" : "missing";
    } catch (fault) {
      if (!(fault instanceof IoError)) throw fault;
      if (fault.httpStatus === 404) return "missing"; // PingSources are not installed
      if (fault.httpStatus === 403) return "unknown";
      throw fault;
    }
  },
});
