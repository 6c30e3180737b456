// How the runs of an event ended: by the events that tell Keptn, and by the pods where nothing is told.
import type { Job, Pod } from "../../core/kubernetes.ts";
import type { RunPlan } from "../../core/plan.ts";
import type { SentEvent } from "../../io/local/keptn.ts";

interface RunResult {
  readonly passed: boolean;
  readonly text: string;
}

export interface Verdict {
  onEvent(event: SentEvent): void;
  onEnd(job: Job, pod: Pod): void;
  /** One per run. */
  results(): RunResult[];
}

export const makeVerdict = (plans: readonly RunPlan[]): Verdict => {
  const finished = new Map<string, SentEvent>();
  const failedJobs = new Set<string>();
  return {
    onEvent: (event) => {
      if (event.type.endsWith(".finished")) finished.set(event.source, event);
    },
    onEnd: (job, pod) => {
      if (pod.status?.phase !== "Succeeded") failedJobs.add(job.metadata?.name ?? "");
    },
    results: () =>
      plans.map((plan) => {
        const data = finished.get(plan.source)?.data;
        if (!plan.silent && data) {
          const passed = data["result"] !== "fail";
          return { passed, text: `Action '${plan.action}': result ${data["result"]}, status ${data["status"]}.` };
        }
        const passed = plan.silent && !plan.jobs.some(({ metadata }) => failedJobs.has(metadata?.name ?? ""));
        const told = plan.silent ? "It sends no events." : "No finished event was sent.";
        return { passed, text: `Action '${plan.action}' ${passed ? "passed" : "failed"}. ${told}` };
      }),
  };
};
