// One action for one event: its run, or what speaks against it.

import type { Action } from "../config/schema.ts";
import type { Path } from "../config/yaml-tree.ts";
import { envelopeOf, type KeptnEvent } from "../keptn-event.ts";
import type { Job } from "../kubernetes.ts";
import { utf8Bytes } from "../log-text.ts";
import { type Chain, jobNameOf, runIdOf } from "../marks.ts";
import type { RunPlan } from "../plan.ts";
import type { Position, Problem } from "../problem.ts";
import type { Settings } from "../settings.ts";
import { planEnvironment } from "./env.ts";
import { makeJob } from "./make-job.ts";
import { checkRules } from "./rules.ts";
import { type TaskProblem, toProblem } from "./task-problem.ts";

export interface ActionInput {
  readonly action: Action;
  /** Its place in the config. */
  readonly index: number;
  readonly event: KeptnEvent;
  /** See eventDocumentOf. */
  readonly document: unknown;
  readonly configHash: string;
  readonly settings: Settings;
  /** undefined: the run sends nothing. */
  readonly source: string | undefined;
  readonly at: ((path: Path) => Position) | undefined;
}

export interface PlannedAction {
  readonly run: RunPlan;
  readonly problems: readonly Problem[];
}

/** As in JES: how long a Job stays that does not say. */
const defaultTtlSeconds = 21_600;
/** Of all annotations of an object together (apimachinery, TotalAnnotationSizeLimitB). */
const maxAnnotationBytes = 256 * 1024;

export const planAction = (input: ActionInput): PlannedAction => {
  const { action, index, event, settings } = input;
  const runId = runIdOf(event.id, index);
  const chain = makeChain(input, runId);
  const planned = action.tasks.map((task, taskIndex) => {
    const environment = planEnvironment(task.env ?? [], event, input.document);
    const given = { task, taskIndex, actionIndex: index, runId, chain, environment, settings };
    const job = makeJob({ ...given, event: envelopeOf(event), configHash: input.configHash });
    const place = { action: action.name, actionIndex: index, task: task.name, taskIndex, at: input.at };
    const problems = [...checkRules(task, settings), ...environment.problems, ...checkAnnotations(job)];
    return { job, problems: problems.map((problem) => toProblem(problem, place)) };
  });
  const { silent, source } = chain;
  const run = { runId, action: action.name, silent, source, jobs: planned.map(({ job }) => job) };
  return { run, problems: planned.flatMap(({ problems }) => problems) };
};

const makeChain = ({ action, source, settings }: ActionInput, runId: string): Chain => ({
  action: action.name,
  silent: source === undefined,
  source: source ?? settings.KEPTN_SOURCE,
  leaseSeconds: settings.CLAIM_LEASE_SECONDS,
  jobs: action.tasks.map((task, index) => ({
    namespace: task.namespace || settings.JOB_NAMESPACE,
    name: jobNameOf(runId, index),
    task: task.name,
    ttlSeconds: task.ttlSecondsAfterFinished ?? defaultTtlSeconds,
  })),
});

const checkAnnotations = ({ metadata }: Job): TaskProblem[] => {
  const bytes = Object.entries(metadata?.annotations ?? {}).reduce((sum, pair) => sum + utf8Bytes(pair.join("")), 0);
  if (bytes <= maxAnnotationBytes) return [];
  const message = `its annotations have ${bytes} bytes together with the event's labels; Kubernetes takes ${maxAnnotationBytes}.`;
  return [{ code: "annotations-too-large", message, fix: "Shorten them.", field: ["annotations"] }];
};
