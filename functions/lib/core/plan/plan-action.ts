// Plans one action for one event: its run, or its problems.
import { jobNameOf, type RunSpec, runIdOf, type Sibling } from "../annotations/annotations.ts";
import { valuesNameOf } from "../annotations/job-names.ts";
import { graphOf } from "../config/check-order.ts";
import type { Action } from "../config/schema.ts";
import { envelopeOf, type KeptnEvent } from "../event/keptn-event.ts";
import { planEnvironment } from "../job/env.ts";
import { makeJob } from "../job/make-job.ts";
import type { Job } from "../kubernetes.ts";
import { checkRules } from "../policy/rules.ts";
import type { Position, Problem } from "../problem.ts";
import type { Settings } from "../settings/settings.ts";
import { utf8Bytes } from "../text/log-text.ts";
import type { Path } from "../yaml/path.ts";
import type { RunPlan } from "./run-plan.ts";
import { type TaskProblem, toProblem } from "./task-problem.ts";

export interface ActionInput {
  readonly action: Action;
  /** Index in the config. */
  readonly index: number;
  /** Index among the actions that the event starts. */
  readonly order: number;
  readonly event: KeptnEvent;
  /** See eventDocumentOf. */
  readonly document: unknown;
  readonly configHash: string;
  readonly settings: Settings;
  /** undefined: the run sends no events. */
  readonly source: string | undefined;
  /** The other runs of the event that answer Keptn. */
  readonly siblings: readonly Sibling[];
  readonly at: ((path: Path) => Position) | undefined;
  /** Maximum size of its Jobs together, in bytes. */
  readonly room: number;
}

export interface PlannedAction {
  readonly run: RunPlan;
  readonly problems: readonly Problem[];
  /** Size of its Jobs. */
  readonly bytes: number;
}

/**
 * Limit for the Jobs of one event, as JSON: all of them are in memory at once, here and whenever a run is read. 100 tasks of an action
 * need some 2 MiB, because each Job lists all the others.
 */
export const maxPlanBytes = 4 * 1024 * 1024;

/** Default TTL of a Job, as in JES. */
const defaultTtlSeconds = 21_600;
/** Limit for all annotations of an object together (apimachinery, TotalAnnotationSizeLimitB). */
const maxAnnotationBytes = 256 * 1024;

export const planAction = (input: ActionInput): PlannedAction => {
  const { action, index, event, settings } = input;
  const runId = runIdOf(event.id, input.order);
  const spec = makeSpec(input, runId);
  const places = new Map(action.tasks.map(({ name }, place) => [name, place]));
  let bytes = 0;
  const planned = action.tasks.flatMap((task, taskIndex) => {
    if (bytes > input.room) return [];
    const earlier = { configMap: valuesNameOf(jobNameOf(runId, taskIndex)), places };
    const environment = planEnvironment(task.env ?? [], { event, document: input.document, earlier });
    const given = { task, taskIndex, actionIndex: index, runId, spec, environment, settings };
    const job = makeJob({ ...given, event: envelopeOf(event), configHash: input.configHash });
    const place = { action: action.name, actionIndex: index, task: task.name, taskIndex, at: input.at };
    const problems = [...checkRules(task, settings), ...environment.problems, ...checkAnnotations(job)];
    bytes += utf8Bytes(JSON.stringify(job));
    if (bytes > input.room) problems.push(tooMuch);
    return [{ job, problems: problems.map((problem) => toProblem(problem, place)) }];
  });
  const { silent, source } = spec;
  const run = { runId, action: action.name, silent, source, jobs: planned.map(({ job }) => job) };
  return { run, problems: planned.flatMap(({ problems }) => problems), bytes };
};

const makeSpec = ({ action, source, settings, siblings }: ActionInput, runId: string): RunSpec => {
  const graph = graphOf(action.tasks, action.failFast);
  return {
    action: action.name,
    silent: source === undefined,
    source: source ?? settings.KEPTN_SOURCE,
    leaseSeconds: settings.CLAIM_LEASE_SECONDS,
    ...(siblings.length > 0 ? { siblings } : {}),
    jobs: action.tasks.map((task, index) => ({
      namespace: task.namespace || settings.JOB_NAMESPACE,
      name: jobNameOf(runId, index),
      task: task.name,
      ttlSeconds: task.ttlSecondsAfterFinished ?? defaultTtlSeconds,
    })),
    ...(graph ? { graph } : {}),
  };
};

const checkAnnotations = ({ metadata }: Job): TaskProblem[] => {
  const bytes = Object.entries(metadata?.annotations ?? {}).reduce((sum, pair) => sum + utf8Bytes(pair.join("")), 0);
  if (bytes <= maxAnnotationBytes) return [];
  const message = `its annotations and the event's labels have ${bytes} bytes together; the limit of Kubernetes is ${maxAnnotationBytes}.`;
  return [{ code: "annotations-too-large", message, fix: "Shorten them.", field: ["annotations"] }];
};

const tooMuch: TaskProblem = {
  code: "jobs-too-large",
  message: `with it, the Jobs of this event exceed ${maxPlanBytes} bytes together.`,
  fix: "Use a smaller part of the event in variables, or start fewer tasks with one event.",
  field: [],
};
