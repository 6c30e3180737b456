// Checks the Job namespaces: which pods they refuse, and whether Kueue starts suspended Jobs there.
import { checkPodSecurity } from "../policy/check-pod-security.ts";
import { kueueLabel } from "../settings/job-settings.ts";
import type { Settings } from "../settings/settings.ts";
import { settingsOf } from "./check-settings.ts";
import type { Facts, JobNamespace } from "./facts.ts";
import { type Finding, fine, warn, wrong } from "./finding.ts";
import { applyAgain, unseen } from "./ready.ts";

export const checkJobNamespaces = (facts: Facts): Finding[] => {
  // Without settings, there is nothing to compare.
  const settings = facts.settings.kind === "there" ? settingsOf(facts) : undefined;
  return [
    ...facts.jobNamespaces.flatMap(checkDeletion),
    ...facts.jobNamespaces.flatMap((one) => checkLevel(one, settings)),
    ...facts.jobNamespaces.flatMap(checkQueue),
  ];
};

/** Our Jobs' finalizers block the deletion: the rights that finish-task needs to remove them may be deleted first. */
const checkDeletion = ({ name, namespace }: JobNamespace): Finding[] => {
  if (namespace.kind !== "there" || !namespace.object.metadata?.deletionTimestamp) return [];
  const seen = `Namespace ${name} is being deleted: it accepts no new Jobs, and finish-task may have lost its rights to the open ones.`;
  return [wrong("job-namespace", seen, "See docs/operating.md (A deleted namespace) to end its runs.")];
};

const enforce = "pod-security.kubernetes.io/enforce";

const checkLevel = ({ name, namespace }: JobNamespace, settings: Settings | undefined): Finding[] => {
  if (namespace.kind === "unknown") return [unseen("pod-security", `Namespace ${name}`, namespace.why)];
  if (namespace.kind !== "there") return [wrong("pod-security", `Namespace ${name} does not exist.`, applyAgain)];
  const level = namespace.object.metadata?.labels?.[enforce] ?? "privileged";
  const seen = `Namespace ${name} has the Pod Security level ${level}`;
  if (name !== settings?.JOB_NAMESPACE) return [fine("pod-security", `${seen}.`)];
  const told = settings.JOB_POD_SECURITY_LEVEL;
  const known = levels.find((one) => one === level);
  const refused = known ? refusedAt(known, settings) : undefined;
  if (refused) return [wrong("pod-security", `${seen}, which refuses every task: ${refused}`, contextFix)];
  if (told === level || (told === undefined && level === "privileged")) return [fine("pod-security", `${seen}.`)];
  const says = told === undefined ? "is not set" : `is ${told}`;
  return [warn("pod-security", `${seen}, but JOB_POD_SECURITY_LEVEL ${says}: ${consequence}`, levelFix(level))];
};

const levels = ["privileged", "baseline", "restricted"] as const;

const consequence = "plan and start-job cannot tell which tasks the namespace refuses.";

const levelFix = (level: string): string =>
  `Set JOB_POD_SECURITY_LEVEL=${level} in your overlay, or copy the namespace's label to it, as manifests/overlays/in-cluster does.`;

const contextFix = "Correct JOB_SECURITY_CONTEXT and POD_SECURITY_CONTEXT, or use a Job namespace with another level.";

/** Whether the operator's own security contexts are refused, for a task without settings of its own. */
const refusedAt = (level: (typeof levels)[number], settings: Settings): string | undefined => {
  const task = { name: "any", image: "any" };
  return checkPodSecurity(task, { ...settings, JOB_POD_SECURITY_LEVEL: level })[0]?.message;
};

/** Kueue, LocalQueueDefaulting: a LocalQueue of this name manages every Job in its namespace that names none. */
export const defaultQueue = "default";

const checkQueue = ({ name, queue }: JobNamespace): Finding[] => {
  if (queue.kind !== "there") return [];
  const seen = `Kueue's LocalQueue ${defaultQueue} in namespace ${name} manages every Job there, and starts suspended ones: all tasks of an action would run at once.`;
  const fix = `Rename the LocalQueue and select it with the label ${kueueLabel}, or use another namespace for our Jobs.`;
  return [wrong("kueue", seen, fix)];
};
