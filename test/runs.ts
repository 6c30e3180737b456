// Runs for tests: their Jobs with the marks of the real thing, in any state.
import {
  annotation,
  type End,
  finalizer,
  jobNameOf,
  label,
  type RunSpec,
  runIdOf,
  type State,
} from "../functions/lib/core/annotations/annotations.ts";
import type { Stopped } from "../functions/lib/core/annotations/stopped.ts";
import type { Envelope } from "../functions/lib/core/event/keptn-event.ts";
import type { Job } from "../functions/lib/core/kubernetes.ts";
import type { Graph } from "../functions/lib/core/run/graph.ts";
import type { TaskPhase } from "../functions/lib/core/run/run-state.ts";

export const testEvent: Envelope = {
  id: "9d3a7c1e-5a0b-4c0e-8f53-0a1b2c3d4e5f",
  type: "sh.keptn.event.deployment.triggered",
  source: "shipyard-controller",
  shkeptncontext: "08735340-6f9e-4b32-97ff-3b6c292bc509",
  gitcommitid: "3f1d2c4b5a69788796a5b4c3d2e1f00112233445",
  project: "sockshop",
  stage: "dev",
  service: "carts",
  labels: { build: "17" },
};

export interface TestRun {
  readonly phases: readonly TaskPhase[];
  readonly event?: Envelope;
  readonly silent?: boolean;
  readonly announced?: string;
  readonly claim?: string;
  readonly reported?: string;
  readonly refused?: string;
  readonly end?: End;
  /** In the chain; by default it names none, as one of an older version. */
  readonly leaseSeconds?: number;
  readonly createdAt?: string;
  /** State label by task, where it is not the one that goes with the phase. */
  readonly states?: readonly (State | undefined)[];
  readonly namespace?: string;
  readonly action?: string;
  /** Names of the tasks. */
  readonly tasks?: readonly string[];
  readonly outcome?: string;
  readonly graph?: Graph;
  /** By task: how often it is tried again. */
  readonly retries?: readonly (number | undefined)[];
  /** By task: why it was stopped. */
  readonly stopped?: readonly (Stopped | undefined)[];
  /** By task: what it has instead of what goes with its phase. */
  readonly statuses?: readonly (Job["status"] | undefined)[];
}

/** Remembered: tests that go through all states make tens of thousands of Jobs. */
export const testRunId = (event: Envelope = testEvent): string =>
  event === testEvent ? idOfTestRun : runIdOf(event.id, 0);
const idOfTestRun = runIdOf(testEvent.id, 0);

/** The Jobs of a run, "missing" ones left out. */
export const makeJobs = (run: TestRun): Job[] =>
  run.phases.flatMap((phase, index) => (phase === "missing" ? [] : [makeJob(run, phase, index)]));

const chainOf = ({ phases, silent = false, event = testEvent, namespace = "jobs", ...given }: TestRun): RunSpec => ({
  ...(given.leaseSeconds ? { leaseSeconds: given.leaseSeconds } : {}),
  action: given.action ?? "deploy",
  silent,
  source: "job-executor-service",
  jobs: phases.map((_, index) => ({
    namespace,
    name: jobNameOf(testRunId(event), index),
    task: given.tasks?.[index] ?? `task-${index + 1}`,
    ttlSeconds: 600,
  })),
  ...(given.graph ? { graph: given.graph } : {}),
});

const makeJob = (run: TestRun, phase: Exclude<TaskPhase, "missing">, index: number): Job => {
  const { event = testEvent, namespace = "jobs", createdAt = "2026-01-02T03:04:05Z" } = run;
  const name = jobNameOf(testRunId(event), index);
  const lead = run.phases.findIndex((other) => other !== "missing") === index;
  return {
    apiVersion: "batch/v1",
    kind: "Job",
    metadata: {
      name,
      namespace,
      uid: run.event ? `${run.event.id}-${index}` : `uid-${index}`,
      creationTimestamp: createdAt,
      labels: {
        [label.managedBy]: "job-executor-service",
        [label.run]: testRunId(event),
        [label.state]: run.states?.[index] ?? (phase === "waiting" ? "waiting" : "released"),
      },
      annotations: {
        [annotation.event]: JSON.stringify(event),
        [annotation.spec]: JSON.stringify(chainOf(run)),
        [annotation.announced]: (lead && run.announced) || "",
        [annotation.claim]: (lead && run.claim) || "",
        [annotation.reported]: (lead && run.reported) || "",
        ...(run.stopped?.[index] ? { [annotation.stopped]: JSON.stringify(run.stopped[index]) } : {}),
        ...(run.refused ? { [annotation.refused]: run.refused } : {}),
        ...(lead && run.outcome ? { [annotation.outcome]: run.outcome } : {}),
        ...(run.end ? { [annotation.end]: JSON.stringify(run.end) } : {}),
      },
      finalizers: [finalizer],
      ...(phase === "deleted" ? { deletionTimestamp: "2026-01-02T03:05:00Z" } : {}),
    },
    spec: {
      suspend: phase === "waiting",
      backoffLimit: run.retries?.[index] ?? 0,
      template: {
        spec: { restartPolicy: "Never", containers: [{ name, image: "example.org/none:1", command: ["true"] }] },
      },
    },
    status: run.statuses?.[index] ?? statusOf(phase),
  };
};

export const statusOf = (phase: TaskPhase): NonNullable<Job["status"]> => {
  const at = "2026-01-02T03:04:20Z";
  const times = { startTime: "2026-01-02T03:04:10Z" };
  if (phase === "succeeded") {
    return { ...times, completionTime: at, conditions: [{ type: "Complete", status: "True", lastTransitionTime: at }] };
  }
  if (phase === "failed") {
    const condition = { type: "Failed", status: "True", reason: "BackoffLimitExceeded", lastTransitionTime: at };
    return { ...times, conditions: [condition] };
  }
  return phase === "running" ? times : {};
};
