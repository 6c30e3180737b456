// What of a security context Kubernetes' Pod Security level `restricted` refuses (pod-security-admission, policy/check_*.go).
import type { TaskSecurityContext } from "../config/security-context-schema.ts";

/** @returns each flaw as it would be written in the context; what it does not name is not looked at */
export const flawsOfRestricted = (context: TaskSecurityContext): string[] => [
  ...(context.privileged ? ["privileged: true"] : []),
  ...(context.allowPrivilegeEscalation ? ["allowPrivilegeEscalation: true"] : []),
  ...(context.runAsNonRoot === false ? ["runAsNonRoot: false"] : []),
  ...(context.runAsUser === 0 ? ["runAsUser: 0"] : []),
  ...(context.procMount === "Unmasked" ? ["procMount: Unmasked"] : []),
  ...(context.seccompProfile?.type === "Unconfined" ? ["seccompProfile: Unconfined"] : []),
  ...(context.appArmorProfile?.type === "Unconfined" ? ["appArmorProfile: Unconfined"] : []),
  ...(context.windowsOptions?.hostProcess ? ["hostProcess: true"] : []),
  ...flawsOfCapabilities(context.capabilities),
];

const flawsOfCapabilities = ({ add = [], drop }: NonNullable<TaskSecurityContext["capabilities"]> = {}): string[] => [
  ...add.filter((name) => name !== "NET_BIND_SERVICE").map((name) => `add: ${name}`),
  ...(drop && !drop.includes("ALL") ? ["no drop: [ALL]"] : []),
];
