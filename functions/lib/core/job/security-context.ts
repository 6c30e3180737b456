// Security contexts of a task's containers: the operator's, merged with the task's.
import type { TaskSecurityContext } from "../config/security-context-schema.ts";
import type { SecurityContext } from "../kubernetes.ts";

/** A task that adds a capability keeps the operator's `drop: [ALL]`; every other field replaces the operator's. */
export const mergeSecurityContext = (
  operators: TaskSecurityContext,
  tasks: TaskSecurityContext | undefined,
): SecurityContext => {
  const capabilities = { ...operators.capabilities, ...tasks?.capabilities };
  const merged = { ...operators, ...tasks, ...(Object.keys(capabilities).length > 0 ? { capabilities } : {}) };
  // The API server refuses these two together (core/v1 validation): the task's request counts.
  const { allowPrivilegeEscalation: _, ...open } = merged;
  const asked = tasks?.allowPrivilegeEscalation !== undefined || merged.allowPrivilegeEscalation !== false;
  return (needsEscalation(merged) && !asked ? open : merged) as SecurityContext;
};

const needsEscalation = ({ privileged, capabilities }: TaskSecurityContext): boolean =>
  privileged === true || (capabilities?.add ?? []).some((name) => name === "SYS_ADMIN" || name === "CAP_SYS_ADMIN");

/** For our own init container, regardless of the operator's and the task's settings. */
export const ownSecurityContext: SecurityContext = {
  allowPrivilegeEscalation: false,
  capabilities: { drop: ["ALL"] },
  privileged: false,
  readOnlyRootFilesystem: true,
  runAsNonRoot: true,
  runAsUser: 1000,
  runAsGroup: 2000,
  seccompProfile: { type: "RuntimeDefault" },
};
