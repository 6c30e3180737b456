// Sends changes of local Jobs to finish-task, like an ApiServerSource in the cluster.
import { randomUUID } from "node:crypto";
import { finishTask } from "../../finish-task/handler.ts";
import { stateOf } from "../../lib/core/run/run-state.ts";
import type { SweepPorts } from "../../lib/run/sweep.ts";
import type { JobEvent } from "../local/job-listeners.ts";
import type { LocalJobs } from "../local/jobs.ts";

export const startEventLoop = (jobs: LocalJobs, ports: SweepPorts, onFault: (fault: unknown) => void) => {
  const handle = finishTask(ports, new Set());
  let handled: Promise<unknown> = Promise.resolve();
  const stop = jobs.subscribe((change) => {
    if (stateOf(change.job) !== "released") return; // the label selector of the ApiServerSource
    handled = handled.then(() => handle(makeEvent(change))).catch(onFault);
  });
  /** Resolves when every run is reported and every change handled. */
  const whenOver = async (): Promise<void> => {
    for (;;) {
      const change = nextChange(jobs);
      if ((await jobs.listOpen([])).runs.size === 0) break;
      await change;
    }
    await handled;
  };
  return { whenOver, stop };
};

const nextChange = (jobs: LocalJobs): Promise<void> =>
  new Promise((resolve) => {
    const stop = jobs.subscribe(() => {
      stop();
      resolve();
    });
  });

/** Attributes as an ApiServerSource in mode Resource sets them (eventing: pkg/adapter/apiserver/events). */
const makeEvent = ({ type, job }: JobEvent) => ({
  specversion: "1.0",
  id: randomUUID(),
  type: `dev.knative.apiserver.resource.${type}`,
  source: "local",
  subject: `/apis/batch/v1/namespaces/${job.metadata?.namespace}/jobs/${job.metadata?.name}`,
  data: job,
});
