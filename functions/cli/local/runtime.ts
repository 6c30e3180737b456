// Runs released Jobs of the local store, and reports their pods.
import { stoppedNoted } from "../../lib/core/annotations/stopped.ts";
import type { Job, Pod } from "../../lib/core/kubernetes.ts";
import { refOf } from "../../lib/core/object-meta.ts";
import { emptyLog, type LogText } from "../../lib/core/text/log-text.ts";
import { IoError } from "../../lib/io-error.ts";
import type { PodRef, Pods } from "../../lib/kubernetes/ports.ts";
import { suspendedStatus } from "./job-status.ts";
import { type JobRun, runJob } from "./run-job.ts";
import type { PodRun, PodWorld } from "./run-pod.ts";

/** @param ports `onFault` receives errors that are not a container's: bugs, or problems of the machine */
export const localRuntime = (ports: PodWorld & { readonly onFault: (fault: unknown) => void }) => {
  const runs = new Map<string, JobRun>();
  const start = (uid: string, job: Job): void => {
    const run = runJob(ports, job);
    runs.set(uid, run);
    run.done.catch(ports.onFault);
  };
  const remove = (uid: string): void => {
    runs.get(uid)?.remove();
    runs.delete(uid);
  };
  const unsubscribe = ports.jobs.subscribe(({ type, job }) => {
    const ref = refOf(job);
    // Like foreground deletion: a deleted Job has no pods, even if a finalizer keeps it.
    if (type === "delete" || job.metadata?.deletionTimestamp) remove(ref.uid);
    else if (stoppedNoted(job)) runs.get(ref.uid)?.stop();
    else if (!job.spec?.suspend && !runs.has(ref.uid)) start(ref.uid, job);
    else if (job.spec?.suspend && type === "add") ports.jobs.setStatus(ref, suspendedStatus(ports.now()));
    else if (job.spec?.suspend) remove(ref.uid);
  });
  return {
    pods: makePods(runs),
    /** Stops all containers for good. Resolves when all have ended. */
    stop: async (): Promise<void> => {
      unsubscribe();
      for (const run of runs.values()) run.stop();
      await Promise.allSettled([...runs.values()].map(({ done }) => done));
    },
  };
};

const makePods = (runs: ReadonlyMap<string, JobRun>): Pods => {
  const find = ({ namespace, name }: PodRef): PodRun => {
    const all = [...runs.values()].flatMap(({ pods }) => pods());
    const run = all.find(({ pod }) => pod().metadata?.name === name);
    if (run?.pod().metadata?.namespace === namespace) return run;
    throw new IoError(`pod ${namespace}/${name} not found`, { retryable: false });
  };
  return {
    list: async ({ uid }): Promise<Pod[]> => (runs.get(uid)?.pods() ?? []).map(({ pod }) => structuredClone(pod())),
    getLog: async (pod, container, limit): Promise<LogText> => find(pod).logs.get(container)?.read(limit) ?? emptyLog,
    listWarnings: async () => [],
    listPodWarnings: async () => [],
  };
};
