// Checks a task against the operator's rules.
import { matchesAny } from "../config/glob.ts";
import { isImageAllowed } from "../config/images.ts";
import type { Task } from "../config/schema.ts";
import type { TaskProblem } from "../plan/task-problem.ts";
import type { Settings } from "../settings/settings.ts";
import { quote } from "../yaml/scalars.ts";
import { checkPodSecurity, type PodSecurityRules } from "./check-pod-security.ts";
import { checkScheduling, type SchedulingRules } from "./check-scheduling.ts";
import { checkVolumes, type VolumeRules } from "./check-volumes.ts";
import { checkReserved, type Reserved } from "./reserved-names.ts";

export type Rules = Pick<
  Settings,
  "ALLOWED_IMAGE_LIST" | "ALLOWED_NAMESPACES" | "ALLOWED_SERVICE_ACCOUNTS" | "JOB_NAMESPACE"
> &
  PodSecurityRules &
  Reserved &
  SchedulingRules &
  VolumeRules;

export const checkRules = (task: Task, rules: Rules): TaskProblem[] => [
  ...checkTaskImage(task, rules),
  ...checkPodSecurity(task, rules),
  ...checkNamespace(task, rules),
  ...checkAccount(task, rules),
  ...checkReserved(task, rules),
  ...checkVolumes(task, rules),
  ...checkScheduling(task, rules),
];

const checkTaskImage = ({ image }: Task, { ALLOWED_IMAGE_LIST }: Rules): TaskProblem[] => {
  if (isImageAllowed(image, ALLOWED_IMAGE_LIST)) return [];
  const message = `the image ${quote(image)} is not allowed here.`;
  return [{ code: "image-not-allowed", message, fix: `Allowed: ${ALLOWED_IMAGE_LIST.join(", ")}.`, field: ["image"] }];
};

const checkNamespace = ({ namespace }: Task, { ALLOWED_NAMESPACES, JOB_NAMESPACE }: Rules): TaskProblem[] => {
  if (!namespace || namespace === JOB_NAMESPACE || matchesAny(namespace, ALLOWED_NAMESPACES)) return [];
  const message = `the namespace ${quote(namespace)} is not allowed here.`;
  const fix = `Allowed: ${[JOB_NAMESPACE, ...ALLOWED_NAMESPACES].join(", ")}.`;
  return [{ code: "namespace-not-allowed", message, fix, field: ["namespace"] }];
};

const checkAccount = ({ serviceAccount }: Task, { ALLOWED_SERVICE_ACCOUNTS: allowed }: Rules): TaskProblem[] => {
  if (!serviceAccount || allowed.length === 0 || matchesAny(serviceAccount, allowed)) return [];
  const message = `the service account ${quote(serviceAccount)} is not allowed here.`;
  return [
    { code: "service-account-not-allowed", message, fix: `Allowed: ${allowed.join(", ")}.`, field: ["serviceAccount"] },
  ];
};
