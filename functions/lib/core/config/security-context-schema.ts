// The securityContext of a task and of pods, with every field of Kubernetes (core/v1 SecurityContext, PodSecurityContext).
// The schemas are created on demand, because every program reads its settings at startup and they seldom set one.
import * as z from "zod";
import { requiredText, text, wholeNumber, yesOrNo } from "../yaml/scalars.ts";
import { described, optional } from "./descriptions.ts";

const id = () => wholeNumber({ min: 0, max: 2 ** 31 - 1 });

const profile = (kind: string) =>
  described(
    z.strictObject({
      type: described(
        z.enum(["RuntimeDefault", "Localhost", "Unconfined"]),
        `Where the ${kind} profile comes from.`,
        "RuntimeDefault",
      ),
      localhostProfile: optional(text(), "Name of a profile on the node, with `type: Localhost`.", "profiles/my.json"),
    }),
    `The ${kind} profile of the container.`,
    { type: "RuntimeDefault" },
  );

const seLinuxOptions = () =>
  described(
    z.strictObject({
      user: optional(text(), "SELinux user label.", "system_u"),
      role: optional(text(), "SELinux role label.", "system_r"),
      type: optional(text(), "SELinux type label.", "container_t"),
      level: optional(text(), "SELinux level label.", "s0:c123,c456"),
    }),
    "SELinux labels of the container.",
    { level: "s0:c123,c456" },
  );

const windowsOptions = () =>
  described(
    z.strictObject({
      gmsaCredentialSpecName: optional(text(), "Name of a GMSA credential spec.", "gmsa"),
      gmsaCredentialSpec: optional(text(), "A GMSA credential spec.", "{}"),
      runAsUserName: optional(text(), "Windows user that the process runs as.", "ContainerUser"),
      hostProcess: optional(yesOrNo(), "Run on the host itself, which is privileged.", false),
    }),
    "Options for Windows containers.",
    { runAsUserName: "ContainerUser" },
  );

const capabilityList = (what: string, example: string) =>
  described(
    z.array(requiredText().transform((name) => name.toUpperCase())),
    `Linux capabilities to ${what}, without CAP_.`,
    [example],
  );

const capabilities = () =>
  described(
    z.strictObject({
      add: capabilityList("add", "NET_BIND_SERVICE").optional(),
      drop: capabilityList("drop", "ALL").optional(),
    }),
    "Linux capabilities. Fields not set here keep the operator's value: adding one keeps `drop: [ALL]`.",
    { add: ["NET_BIND_SERVICE"] },
  );

const shared = () => ({
  runAsUser: optional(id(), "User id that the process runs as.", 1000),
  runAsGroup: optional(id(), "Group id that the process runs as.", 2000),
  runAsNonRoot: optional(yesOrNo(), "Refuse to start as root.", true),
  seLinuxOptions: seLinuxOptions().optional(),
  seccompProfile: profile("seccomp").optional(),
  appArmorProfile: profile("AppArmor").optional(),
  windowsOptions: windowsOptions().optional(),
});

export const makeSecurityContextSchema = () =>
  z.strictObject({
    ...shared(),
    allowPrivilegeEscalation: optional(yesOrNo(), "Whether a process may gain more privileges than its parent.", false),
    capabilities: capabilities().optional(),
    privileged: optional(yesOrNo(), "Run privileged, if the operator allows it.", false),
    procMount: optional(z.enum(["Default", "Unmasked"]), "How /proc is mounted.", "Default"),
    readOnlyRootFilesystem: optional(yesOrNo(), "Make everything except volumes read-only.", true),
  });

export const makePodSecurityContextSchema = () =>
  z.strictObject({
    ...shared(),
    fsGroup: id().optional(),
    fsGroupChangePolicy: z.enum(["OnRootMismatch", "Always"]).optional(),
    seLinuxChangePolicy: z.enum(["MountOption", "Recursive"]).optional(),
    supplementalGroups: z.array(id()).optional(),
    supplementalGroupsPolicy: z.enum(["Merge", "Strict"]).optional(),
    sysctls: z.array(z.strictObject({ name: requiredText(), value: text() })).optional(),
  });

export type TaskSecurityContext = z.output<ReturnType<typeof makeSecurityContextSchema>>;
