// Which security contexts the Pod Security levels refuse.
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  type AnySecurityContext,
  type Flaw,
  flawsOfBaseline,
  flawsOfRestricted,
  unconfinedAnnotations,
} from "../../../../functions/lib/core/policy/pod-security.ts";

const saysOf = (flaws: readonly Flaw[]): string[] => flaws.map(({ says }) => says);

test("an empty or compliant security context has no violation", () => {
  assert.deepEqual(flawsOfRestricted({}), []);
  const strict = { runAsNonRoot: true, capabilities: { add: ["NET_BIND_SERVICE"], drop: ["ALL"] } };
  assert.deepEqual(flawsOfRestricted(strict), []);
});

test("restricted refuses root and capabilities that are not dropped", () => {
  const root = { runAsNonRoot: false, runAsUser: 0, capabilities: { add: ["CHOWN"], drop: ["KILL"] } };
  assert.deepEqual(saysOf(flawsOfRestricted(root)), [
    "runAsNonRoot: false",
    "runAsUser: 0",
    "add: CHOWN",
    "no drop: [ALL]",
  ]);
  assert.deepEqual(flawsOfBaseline(root), []);
});

test("baseline refuses everything that breaks out of the container", () => {
  const open = { privileged: true, procMount: "Unmasked", seccompProfile: { type: "Unconfined" } } as const;
  const flaws = ["privileged: true", "procMount: Unmasked", "seccompProfile: Unconfined", "add: SYS_TIME"];
  assert.deepEqual(saysOf(flawsOfBaseline({ ...open, capabilities: { add: ["SYS_TIME"] } })), flaws);
});

const others: readonly (readonly [AnySecurityContext, string])[] = [
  [{ capabilities: { add: ["ALL"] } }, "add: ALL"],
  [{ capabilities: { add: ["CAP_CHOWN"] } }, "add: CAP_CHOWN"],
  [{ capabilities: { add: ["NET_RAW"] } }, "add: NET_RAW"],
  [{ appArmorProfile: { type: "Unconfined" } }, "appArmorProfile: Unconfined"],
  [{ windowsOptions: { hostProcess: true } }, "hostProcess: true"],
  [{ seLinuxOptions: { type: "spc_t" } }, "seLinuxOptions.type: spc_t"],
  [{ seLinuxOptions: { user: "system_u" } }, "seLinuxOptions.user: system_u"],
  [{ seLinuxOptions: { role: "system_r" } }, "seLinuxOptions.role: system_r"],
  [{ sysctls: [{ name: "kernel.msgmax" }] }, "sysctl kernel.msgmax"],
];

for (const [context, says] of others) {
  test(`baseline refuses ${says}`, () => assert.deepEqual(saysOf(flawsOfBaseline(context)), [says]));
}

test("baseline allows the default capabilities", () => {
  const usual: AnySecurityContext = {
    capabilities: { add: ["CHOWN", "NET_BIND_SERVICE", "SYS_CHROOT"] },
    seLinuxOptions: { type: "container_t", level: "s0:c1" },
    sysctls: [{ name: "net.ipv4.tcp_syncookies" }],
    seccompProfile: { type: "Localhost", localhostProfile: "a.json" },
    runAsUser: 0,
  };
  assert.deepEqual(flawsOfBaseline(usual), []);
});

test("baseline also refuses the older form of an AppArmor profile", () => {
  const key = (container: string) => `container.apparmor.security.beta.kubernetes.io/${container}`;
  const annotations = { [key("a")]: "unconfined", [key("b")]: "runtime/default", [key("c")]: "localhost/mine", x: "y" };
  assert.deepEqual(unconfinedAnnotations(annotations), [key("a")]);
});
