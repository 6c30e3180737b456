// What of a security context Kubernetes' Pod Security levels refuse (pod-security-admission, policy/check_*.go).
import type { TaskSecurityContext } from "../config/security-context-schema.ts";

/** @returns what `restricted` refuses, as it would be written in the context; what it does not name is not looked at */
export const flawsOfRestricted = (context: TaskSecurityContext): string[] => [
  ...flawsOfBaseline(context),
  ...(context.allowPrivilegeEscalation ? ["allowPrivilegeEscalation: true"] : []),
  ...(context.runAsNonRoot === false ? ["runAsNonRoot: false"] : []),
  ...(context.runAsUser === 0 ? ["runAsUser: 0"] : []),
  ...addedBeside(["NET_BIND_SERVICE"], context)
    .filter((name) => harmless.includes(name))
    .map(nameAdded),
  ...(context.capabilities?.drop?.includes("ALL") === false ? ["no drop: [ALL]"] : []),
];

/** @returns what `baseline` refuses, in the same way */
export const flawsOfBaseline = (context: TaskSecurityContext): string[] => [
  ...(context.privileged ? ["privileged: true"] : []),
  ...(context.procMount === "Unmasked" ? ["procMount: Unmasked"] : []),
  ...(context.seccompProfile?.type === "Unconfined" ? ["seccompProfile: Unconfined"] : []),
  ...(context.appArmorProfile?.type === "Unconfined" ? ["appArmorProfile: Unconfined"] : []),
  ...(context.windowsOptions?.hostProcess ? ["hostProcess: true"] : []),
  ...addedBeside(harmless, context).map(nameAdded),
];

/** Capabilities that containers have by default. */
const harmless = [
  ...["AUDIT_WRITE", "CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "MKNOD"],
  ...["NET_BIND_SERVICE", "SETFCAP", "SETGID", "SETPCAP", "SETUID", "SYS_CHROOT"],
];

const addedBeside = (names: readonly string[], { capabilities }: TaskSecurityContext): string[] =>
  (capabilities?.add ?? []).filter((name) => !names.includes(name));

const nameAdded = (name: string): string => `add: ${name}`;
