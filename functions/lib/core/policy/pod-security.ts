// Fields of a security context that the Pod Security levels refuse (pod-security-admission, policy/check_*.go, as of 1.34).
import type { TaskSecurityContext } from "../config/security-context-schema.ts";

/** Security context of a container or a pod. */
export type AnySecurityContext = TaskSecurityContext & {
  readonly sysctls?: readonly { readonly name: string }[] | undefined;
};

export interface Flaw {
  /** As written in the context. */
  readonly says: string;
  /** Field of the context. */
  readonly field: keyof AnySecurityContext;
}

/** @returns the fields that `baseline` refuses */
export const flawsOfBaseline = (context: AnySecurityContext): Flaw[] => [
  ...flawIf(context.privileged === true, "privileged", "privileged: true"),
  ...flawIf(context.procMount === "Unmasked", "procMount", "procMount: Unmasked"),
  ...flawIf(context.seccompProfile?.type === "Unconfined", "seccompProfile", "seccompProfile: Unconfined"),
  ...flawIf(context.appArmorProfile?.type === "Unconfined", "appArmorProfile", "appArmorProfile: Unconfined"),
  ...flawIf(context.windowsOptions?.hostProcess === true, "windowsOptions", "hostProcess: true"),
  ...flawsOfSeLinux(context),
  ...(context.sysctls ?? [])
    .filter(({ name }) => !safeSysctls.includes(name))
    .map(({ name }): Flaw => ({ says: `sysctl ${name}`, field: "sysctls" })),
  ...addedBeside(harmless, context).map(flawOfAdded),
];

/** @returns the fields that `restricted` refuses; for required fields, see lacksOfRestricted */
export const flawsOfRestricted = (context: AnySecurityContext): Flaw[] => [
  ...flawsOfBaseline(context),
  ...flawIf(context.allowPrivilegeEscalation === true, "allowPrivilegeEscalation", "allowPrivilegeEscalation: true"),
  ...flawIf(context.runAsNonRoot === false, "runAsNonRoot", "runAsNonRoot: false"),
  ...flawIf(context.runAsUser === 0, "runAsUser", "runAsUser: 0"),
  ...addedBeside(["NET_BIND_SERVICE"], context)
    .filter((name) => harmless.includes(name))
    .map(flawOfAdded),
  ...flawIf(context.capabilities?.drop?.includes("ALL") === false, "capabilities", "no drop: [ALL]"),
];

/** @returns the missing fields that `restricted` requires in the pod's or the container's context */
export const lacksOfRestricted = (container: AnySecurityContext, pod: AnySecurityContext): Flaw[] => [
  ...flawIf(container.allowPrivilegeEscalation === undefined, "allowPrivilegeEscalation", noEscalation),
  ...flawIf(container.capabilities?.drop === undefined, "capabilities", "no drop: [ALL]"),
  ...flawIf((container.runAsNonRoot ?? pod.runAsNonRoot) === undefined, "runAsNonRoot", "no runAsNonRoot: true"),
  ...flawIf(!(container.seccompProfile ?? pod.seccompProfile), "seccompProfile", "no seccompProfile"),
];

const noEscalation = "no allowPrivilegeEscalation: false";

const flawIf = (is: boolean, field: Flaw["field"], says: string): Flaw[] => (is ? [{ says, field }] : []);

/** check_seLinuxOptions.go; container_engine_t since 1.31. */
const containerTypes = ["", "container_t", "container_init_t", "container_kvm_t", "container_engine_t"];

const flawsOfSeLinux = ({ seLinuxOptions: { type = "", user, role } = {} }: AnySecurityContext): Flaw[] => [
  ...flawIf(!containerTypes.includes(type), "seLinuxOptions", `seLinuxOptions.type: ${type}`),
  ...flawIf(Boolean(user), "seLinuxOptions", `seLinuxOptions.user: ${user}`),
  ...flawIf(Boolean(role), "seLinuxOptions", `seLinuxOptions.role: ${role}`),
];

/** check_sysctls.go. */
const safeSysctls = [
  ...["kernel.shm_rmid_forced", "net.ipv4.ip_local_port_range", "net.ipv4.ip_unprivileged_port_start"],
  ...["net.ipv4.tcp_syncookies", "net.ipv4.ping_group_range", "net.ipv4.ip_local_reserved_ports"],
  ...["net.ipv4.tcp_keepalive_time", "net.ipv4.tcp_fin_timeout", "net.ipv4.tcp_keepalive_intvl"],
  ...["net.ipv4.tcp_keepalive_probes", "net.ipv4.tcp_rmem", "net.ipv4.tcp_wmem"],
];

/** Capabilities that containers have by default. */
const harmless = [
  ...["AUDIT_WRITE", "CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "MKNOD"],
  ...["NET_BIND_SERVICE", "SETFCAP", "SETGID", "SETPCAP", "SETUID", "SYS_CHROOT"],
];

const addedBeside = (names: readonly string[], { capabilities }: AnySecurityContext): string[] =>
  (capabilities?.add ?? []).filter((name) => !names.includes(name));

const flawOfAdded = (name: string): Flaw => ({ says: `add: ${name}`, field: "capabilities" });

const appArmorPrefix = "container.apparmor.security.beta.kubernetes.io/";

/** AppArmor annotations from before 1.30, which the API server still converts. @returns the keys that `baseline` refuses */
export const unconfinedAnnotations = (annotations: Readonly<Record<string, string>>): string[] =>
  Object.entries(annotations)
    .filter(([key, value]) => key.startsWith(appArmorPrefix) && !/^($|runtime\/default$|localhost\/)/.test(value))
    .map(([key]) => key);
