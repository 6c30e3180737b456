// The place in memory: both doubles on this machine, which tell at once what happens to them.
import { label } from "../../../functions/lib/core/annotations/annotations.ts";
import type { KeptnEvent } from "../../../functions/lib/core/event/keptn-event.ts";
import type { Job } from "../../../functions/lib/core/kubernetes.ts";
import { phaseOf } from "../../../functions/lib/core/run/run-state.ts";
import { type FunctionProcess, startFunction } from "../../cluster/harness/function-process.ts";
import { type ApiServer, startApiServer } from "../../doubles/kubernetes/api-server.ts";
import { type EventRequest, requestOfChange } from "../../doubles/requests.ts";
import { startTellingKeptn } from "./keptn.ts";
import { configure, makeConfig, type Place, trigger } from "./place.ts";

export interface Doubles extends Place {
  readonly kubernetes: ApiServer;
  /** Resolves with the Job of an event as soon as it is as wanted. */
  jobOf(event: KeptnEvent, isWanted: (job: Job) => boolean): Promise<Job>;
  /** A run of one task that has ended, and the change that says so: all that is left to do is finish-task's. */
  endedRun(): Promise<EndedRun>;
}

export interface EndedRun {
  readonly job: Job;
  readonly event: KeptnEvent;
  readonly change: EventRequest;
}

export const isReleased = (job: Job): boolean => job.spec?.suspend === false;

/** The last of its changes. */
const isComplete = (job: Job): boolean =>
  phaseOf(job) === "succeeded" && job.status?.conditions?.some(({ type }) => type === "Complete") === true;

/** @param dist bundles of the start-job that makes runs */
export const openDoubles = async (dist: string): Promise<Doubles> => {
  const [{ keptn, finishedOf }, kubernetes] = await Promise.all([startTellingKeptn(), startApiServer()]);
  kubernetes.fateOf = () => ({ log: "deployed\n" });
  configure(keptn, makeConfig());
  const env = {
    ...{ KUBECONFIG: kubernetes.kubeconfig, KEPTN_API_ENDPOINT: keptn.endpoint, KEPTN_API_TOKEN: keptn.token },
    JOB_NAMESPACE: "jobs",
  };
  let maker: Promise<FunctionProcess> | undefined;
  const doubles: Doubles = {
    ...{ name: "doubles", keptn, finishedOf, kubernetes, env, apiServer: { url: kubernetes.url } },
    jobOf: (event, isWanted) => jobOf(kubernetes, event, isWanted),
    endedRun: async () => {
      maker ??= startFunction("start-job", env, dist);
      const { event, request } = trigger(doubles);
      const ended = doubles.jobOf(event, isComplete);
      await fetch((await maker).url, request);
      const job = await ended;
      return { job, event, change: requestOfChange("update", job) };
    },
    close: async () => {
      await (await maker)?.stop();
      await Promise.all([keptn.close(), kubernetes.close()]);
    },
  };
  return doubles;
};

const jobOf = ({ store }: ApiServer, event: KeptnEvent, isWanted: (job: Job) => boolean): Promise<Job> =>
  new Promise((resolve) => {
    const stop = store.subscribe(({ object }) => {
      const job = object as unknown as Job;
      if (job.metadata?.labels?.[label.eventId] !== event.id || !isWanted(job)) return;
      stop();
      resolve(job);
    });
  });
