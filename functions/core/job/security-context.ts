// Security contexts of a task's containers: the operator's, and what the task asks for on top of it.
import type { TaskSecurityContext } from "../config/security-context-schema.ts";
import type { SecurityContext } from "../kubernetes.ts";

/** A task that adds one capability keeps the operator's `drop: [ALL]`; all else that it names replaces the operator's. */
export const mergeSecurityContext = (
  operators: TaskSecurityContext,
  tasks: TaskSecurityContext | undefined,
): SecurityContext => {
  const capabilities = { ...operators.capabilities, ...tasks?.capabilities };
  const merged = { ...operators, ...tasks, ...(Object.keys(capabilities).length > 0 ? { capabilities } : {}) };
  // The API server refuses these two together (core/v1 validation): what the task asks for counts.
  const { allowPrivilegeEscalation: _, ...open } = merged;
  const asked = tasks?.allowPrivilegeEscalation !== undefined || merged.allowPrivilegeEscalation !== false;
  return (needsEscalation(merged) && !asked ? open : merged) as SecurityContext;
};

const needsEscalation = ({ privileged, capabilities }: TaskSecurityContext): boolean =>
  privileged === true || (capabilities?.add ?? []).some((name) => name === "SYS_ADMIN" || name === "CAP_SYS_ADMIN");

/** Of our own init container, whatever the operator and the task say. */
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
