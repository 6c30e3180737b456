// Results of the runs of an event, from `.finished` events, or from the Jobs of silent actions; and the skipped tasks.
import { type Stopped, stoppedNoted } from "../../lib/core/annotations/stopped.ts";
import type { Job } from "../../lib/core/kubernetes.ts";
import type { RunPlan } from "../../lib/core/plan/run-plan.ts";
import { phaseOf, readRun } from "../../lib/core/run/run-state.ts";
import { skippedIn } from "../../lib/core/view/skipped.ts";
import type { SentEvent } from "../local/keptn.ts";
import { tasksByJob } from "./tasks-by-job.ts";

export const makeVerdict = (plans: readonly RunPlan[]) => {
  const finished = new Map<string, SentEvent>();
  const jobs = new Map<string, Job>();
  const tasks = tasksByJob(plans);
  const hasFailed = (name = ""): boolean => {
    const job = jobs.get(name);
    return job !== undefined && phaseOf(job) === "failed" && !tasks.get(name)?.onError;
  };
  return {
    onEvent: (event: SentEvent): void => {
      if (event.type.endsWith(".finished")) finished.set(event.source, event);
    },
    /** @param job in its current state @returns why it never gets a pod, the first time this is seen */
    onChange: (job: Job): Stopped | undefined => {
      const name = job.metadata?.name ?? "";
      const before = jobs.get(name);
      jobs.set(name, job);
      return job.spec?.suspend && !(before && stoppedNoted(before)) ? stoppedNoted(job) : undefined;
    },
    /** One per run. */
    results: () =>
      plans.map((plan) => {
        const data = finished.get(plan.source)?.data;
        if (!plan.silent && data) {
          const passed = data["result"] !== "fail";
          return { passed, text: `Action '${plan.action}': result ${data["result"]}, status ${data["status"]}.` };
        }
        const passed = plan.silent && !plan.jobs.some(({ metadata }) => hasFailed(metadata?.name));
        const told = plan.silent ? "It sends no events." : "No finished event was sent.";
        return { passed, text: `Action '${plan.action}' ${passed ? "passed" : "failed"}. ${told}` };
      }),
    /** Tasks that never run because of other tasks, one sentence each. */
    skipped: () => plans.flatMap((plan) => skippedOf(plan, jobs)),
  };
};

const skippedOf = (plan: RunPlan, seen: ReadonlyMap<string, Job>): string[] => {
  const run = readRun(plan.jobs.map((job) => seen.get(job.metadata?.name ?? "") ?? job));
  return run ? [...skippedIn(run)].map(([task, why]) => `${run.spec.jobs[task]?.task} did not run: ${why}`) : [];
};
