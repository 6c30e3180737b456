// The operator's rules: which tasks of a config may run here.
import { isImageAllowed } from "../config/images.ts";
import { quote } from "../config/scalars.ts";
import type { Task } from "../config/schema.ts";
import type { Settings } from "../settings.ts";
import { isPrivileged } from "./security-context.ts";
import type { TaskProblem } from "./task-problem.ts";

export type Rules = Pick<
  Settings,
  | "ALLOWED_IMAGE_LIST"
  | "ALLOW_PRIVILEGED_JOBS"
  | "ALLOWED_NAMESPACES"
  | "ALLOWED_SERVICE_ACCOUNTS"
  | "JOB_NAMESPACE"
  | "JOB_SECURITY_CONTEXT"
>;

export const checkRules = (task: Task, rules: Rules): TaskProblem[] => [
  ...checkTaskImage(task, rules),
  ...checkPrivileged(task, rules),
  ...checkNamespace(task, rules),
  ...checkAccount(task, rules),
];

const checkTaskImage = ({ image }: Task, { ALLOWED_IMAGE_LIST }: Rules): TaskProblem[] => {
  if (isImageAllowed(image, ALLOWED_IMAGE_LIST)) return [];
  const message = `the image ${quote(image)} is not allowed here.`;
  return [{ code: "image-not-allowed", message, fix: `Allowed: ${ALLOWED_IMAGE_LIST.join(", ")}.`, field: ["image"] }];
};

const checkPrivileged = ({ securityContext }: Task, rules: Rules): TaskProblem[] => {
  if (rules.ALLOW_PRIVILEGED_JOBS || !isPrivileged({ ...rules.JOB_SECURITY_CONTEXT, ...securityContext })) return [];
  const message = "it runs privileged, which is not allowed here.";
  const fix = "Add the capabilities it needs instead, or ask the operator for ALLOW_PRIVILEGED_JOBS=true.";
  return [{ code: "privileged-not-allowed", message, fix, field: ["securityContext"] }];
};

const checkNamespace = ({ namespace }: Task, { ALLOWED_NAMESPACES, JOB_NAMESPACE }: Rules): TaskProblem[] => {
  if (!namespace || ALLOWED_NAMESPACES.includes("*")) return [];
  if ([JOB_NAMESPACE, ...ALLOWED_NAMESPACES].includes(namespace)) return [];
  const message = `the namespace ${quote(namespace)} is not allowed here.`;
  const fix = `Allowed: ${[JOB_NAMESPACE, ...ALLOWED_NAMESPACES].join(", ")}.`;
  return [{ code: "namespace-not-allowed", message, fix, field: ["namespace"] }];
};

const checkAccount = ({ serviceAccount }: Task, { ALLOWED_SERVICE_ACCOUNTS: allowed }: Rules): TaskProblem[] => {
  if (!serviceAccount || allowed.length === 0 || allowed.includes(serviceAccount)) return [];
  const message = `the service account ${quote(serviceAccount)} is not allowed here.`;
  return [
    { code: "service-account-not-allowed", message, fix: `Allowed: ${allowed.join(", ")}.`, field: ["serviceAccount"] },
  ];
};
