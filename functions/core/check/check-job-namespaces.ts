// The namespaces of Jobs: which pods they refuse, and whether somebody else starts suspended Jobs there.
import { checkPodSecurity } from "../job/check-pod-security.ts";
import { kueueLabel } from "../job/job-settings.ts";
import type { Settings } from "../settings.ts";
import { settingsOf } from "./check-settings.ts";
import type { Facts, JobNamespace } from "./facts.ts";
import { type Finding, fine, warn, wrong } from "./finding.ts";
import { applyAgain, unseen } from "./ready.ts";

export const checkJobNamespaces = (facts: Facts): Finding[] => {
  // Without the settings nothing can be compared.
  const settings = facts.settings.kind === "there" ? settingsOf(facts) : undefined;
  return [
    ...facts.jobNamespaces.flatMap(checkDeletion),
    ...facts.jobNamespaces.flatMap((one) => checkLevel(one, settings)),
    ...facts.jobNamespaces.flatMap(checkQueue),
  ];
};

/** It waits for Jobs of ours: what finish-task needs to let them go was deleted first. */
const checkDeletion = ({ name, namespace }: JobNamespace): Finding[] => {
  if (namespace.kind !== "there" || !namespace.object.metadata?.deletionTimestamp) return [];
  const seen = `Namespace ${name} is being deleted: it takes no new Job, and finish-task may have lost its rights to those that are open.`;
  return [wrong("job-namespace", seen, "docs/operating.md (A deleted namespace) says how its runs come to an end.")];
};

const enforce = "pod-security.kubernetes.io/enforce";

const checkLevel = ({ name, namespace }: JobNamespace, settings: Settings | undefined): Finding[] => {
  if (namespace.kind === "unknown") return [unseen("pod-security", `Namespace ${name}`, namespace.why)];
  if (namespace.kind !== "there") return [wrong("pod-security", `There is no namespace ${name}.`, applyAgain)];
  const level = namespace.object.metadata?.labels?.[enforce] ?? "privileged";
  const seen = `Namespace ${name} has the Pod Security level ${level}`;
  if (name !== settings?.JOB_NAMESPACE) return [fine("pod-security", `${seen}.`)];
  const told = settings.JOB_POD_SECURITY_LEVEL;
  const known = levels.find((one) => one === level);
  const refused = known ? refusedAt(known, settings) : undefined;
  if (refused) return [wrong("pod-security", `${seen}, which refuses every task: ${refused}`, contextFix)];
  if (told === level || (told === undefined && level === "privileged")) return [fine("pod-security", `${seen}.`)];
  const says = told === undefined ? "does not say so" : `says ${told}`;
  return [warn("pod-security", `${seen}, but JOB_POD_SECURITY_LEVEL ${says}: ${consequence}`, levelFix(level))];
};

const levels = ["privileged", "baseline", "restricted"] as const;

const consequence = "plan and start-job cannot tell which tasks it refuses.";

const levelFix = (level: string): string =>
  `Set JOB_POD_SECURITY_LEVEL=${level} in your overlay, or copy the label there as manifests/overlays/in-cluster does.`;

const contextFix = "Correct JOB_SECURITY_CONTEXT and POD_SECURITY_CONTEXT, or give Jobs a namespace of another level.";

/** What the operator's own settings ask for, for a task that asks for nothing. */
const refusedAt = (level: (typeof levels)[number], settings: Settings): string | undefined => {
  const task = { name: "any", image: "any" };
  return checkPodSecurity(task, { ...settings, JOB_POD_SECURITY_LEVEL: level })[0]?.message;
};

/** Kueue, LocalQueueDefaulting: a LocalQueue of this name is for every Job of its namespace that names none. */
export const defaultQueue = "default";

const checkQueue = ({ name, queue }: JobNamespace): Finding[] => {
  if (queue.kind !== "there") return [];
  const seen = `Kueue's LocalQueue ${defaultQueue} in namespace ${name} takes every Job there, and starts suspended ones: the tasks of an action would run all at once.`;
  const fix = `Give it another name, whose Jobs say ${kueueLabel}, or let Jobs of ours run in another namespace.`;
  return [wrong("kueue", seen, fix)];
};
