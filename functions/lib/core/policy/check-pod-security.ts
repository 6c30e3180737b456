// Finds tasks that Pod Security or the operator's rules would refuse, before anything is created.
import type { Task } from "../config/schema.ts";
import { mergeSecurityContext } from "../job/security-context.ts";
import type { TaskProblem } from "../plan/task-problem.ts";
import type { Settings } from "../settings/settings.ts";
import {
  type AnySecurityContext,
  type Flaw,
  flawsOfBaseline,
  flawsOfRestricted,
  lacksOfRestricted,
  unconfinedAnnotations,
} from "./pod-security.ts";

export type PodSecurityRules = Pick<
  Settings,
  "ALLOW_PRIVILEGED_JOBS" | "JOB_NAMESPACE" | "JOB_POD_SECURITY_LEVEL" | "JOB_SECURITY_CONTEXT" | "POD_SECURITY_CONTEXT"
>;

type Level = "baseline" | "restricted";

interface PlacedFlaw {
  readonly says: string;
  /** Field of the task; undefined if the operator's settings are the cause. */
  readonly field?: TaskProblem["field"];
}

/** @returns at most one problem: an error, or a warning if the level is unknown */
export const checkPodSecurity = (task: Task, rules: PodSecurityRules): TaskProblem[] => {
  const beyond = rules.ALLOW_PRIVILEGED_JOBS ? [] : flawsAt("baseline", task, rules);
  if (beyond.length > 0) return [notAllowed(beyond)];
  const level = levelFor(task, rules);
  if (level === "unknown") return warnOfRestricted(task);
  if (level === "privileged") return [];
  const flaws = flawsAt(level, task, rules);
  return flaws.length > 0 ? [refusedBy(level, flaws)] : [];
};

/** The level is only known for JOB_NAMESPACE; for others we trust the author. */
const levelFor = ({ namespace }: Task, { JOB_NAMESPACE, JOB_POD_SECURITY_LEVEL: level }: PodSecurityRules) =>
  namespace && namespace !== JOB_NAMESPACE ? "privileged" : (level ?? "unknown");

const flawsAt = (level: Level, task: Task, rules: PodSecurityRules): PlacedFlaw[] => {
  const pod = rules.POD_SECURITY_CONTEXT as AnySecurityContext;
  const container = mergeSecurityContext(rules.JOB_SECURITY_CONTEXT, task.securityContext) as AnySecurityContext;
  const flawsOf = level === "baseline" ? flawsOfBaseline : flawsOfRestricted;
  const lacks = level === "baseline" ? [] : lacksOfRestricted(container, pod);
  return [
    ...[...flawsOf(container), ...lacks].map((flaw) => placeOf(flaw, task)),
    ...flawsOf(pod).map(({ says }) => ({ says: `${says} (POD_SECURITY_CONTEXT)` })),
    ...unconfinedAnnotations(task.annotations ?? {}).map((key) => ({
      says: `${key}: ${task.annotations?.[key]}`,
      field: ["annotations", key],
    })),
  ];
};

const placeOf = ({ says, field }: Flaw, { securityContext }: Task): PlacedFlaw =>
  securityContext !== undefined && field in securityContext
    ? { says, field: ["securityContext", field] }
    : { says: `${says} (JOB_SECURITY_CONTEXT)` };

const textOf = (flaws: readonly PlacedFlaw[]): string => flaws.map(({ says }) => says).join(", ");

const fieldOf = (flaws: readonly PlacedFlaw[]): TaskProblem["field"] =>
  flaws.find(({ field }) => field !== undefined)?.field ?? [];

const notAllowed = (flaws: readonly PlacedFlaw[]): TaskProblem => ({
  code: "privileged-not-allowed",
  message: `it requests ${textOf(flaws)}, which exceeds the Pod Security level baseline and is not allowed here.`,
  fix: "Remove it, or ask the operator for ALLOW_PRIVILEGED_JOBS=true.",
  field: fieldOf(flaws),
});

const refusal = {
  code: "pod-security-refused",
  fix: "Remove it, or ask the operator for a Job namespace with another level.",
} as const;

const refusedBy = (level: Level, flaws: readonly PlacedFlaw[]): TaskProblem => ({
  ...refusal,
  message: `the Pod Security level ${level} of the Job namespace (JOB_POD_SECURITY_LEVEL) refuses its pod: ${textOf(flaws)}.`,
  field: fieldOf(flaws),
});

/** Checks the level of our namespace in manifests/base. Gaps in the operator's settings are not the task's fault. */
const warnOfRestricted = (task: Task): TaskProblem[] => {
  const flaws = flawsOfRestricted(task.securityContext ?? {}).map((flaw) => placeOf(flaw, task));
  if (flaws.length === 0) return [];
  const message = `a namespace with the Pod Security level restricted, as in the overlays, refuses its pod: ${textOf(flaws)}.`;
  return [{ ...refusal, message, field: fieldOf(flaws), severity: "warning" }];
};
