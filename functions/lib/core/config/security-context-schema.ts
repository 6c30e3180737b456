// The securityContext of a task and of pods, with every field of Kubernetes (core/v1 SecurityContext, PodSecurityContext).
// The schemas are created on demand, because every program reads its settings at startup and they seldom set one.
import * as z from "zod";
import { requiredText, text, wholeNumber, yesOrNo } from "../yaml/scalars.ts";
import { descriptions } from "./descriptions.ts";

const id = () => wholeNumber({ min: 0, max: 2 ** 31 - 1 });

const profile = (kind: string) =>
  z
    .strictObject({
      type: z.enum(["RuntimeDefault", "Localhost", "Unconfined"]).register(descriptions, {
        description: `Where the ${kind} profile comes from.`,
        examples: ["RuntimeDefault"],
      }),
      localhostProfile: text()
        .optional()
        .register(descriptions, {
          description: "Name of a profile on the node, with `type: Localhost`.",
          examples: ["profiles/my.json"],
        }),
    })
    .register(descriptions, {
      description: `The ${kind} profile of the container.`,
      examples: [{ type: "RuntimeDefault" }],
    });

const seLinuxOptions = () =>
  z
    .strictObject({
      user: text()
        .optional()
        .register(descriptions, { description: "SELinux user label.", examples: ["system_u"] }),
      role: text()
        .optional()
        .register(descriptions, { description: "SELinux role label.", examples: ["system_r"] }),
      type: text()
        .optional()
        .register(descriptions, { description: "SELinux type label.", examples: ["container_t"] }),
      level: text()
        .optional()
        .register(descriptions, { description: "SELinux level label.", examples: ["s0:c123,c456"] }),
    })
    .register(descriptions, {
      description: "SELinux labels of the container.",
      examples: [{ level: "s0:c123,c456" }],
    });

const windowsOptions = () =>
  z
    .strictObject({
      gmsaCredentialSpecName: text()
        .optional()
        .register(descriptions, { description: "Name of a GMSA credential spec.", examples: ["gmsa"] }),
      gmsaCredentialSpec: text()
        .optional()
        .register(descriptions, { description: "A GMSA credential spec.", examples: ["{}"] }),
      runAsUserName: text()
        .optional()
        .register(descriptions, { description: "Windows user that the process runs as.", examples: ["ContainerUser"] }),
      hostProcess: yesOrNo()
        .optional()
        .register(descriptions, { description: "Run on the host itself, which is privileged.", examples: [false] }),
    })
    .register(descriptions, {
      description: "Options for Windows containers.",
      examples: [{ runAsUserName: "ContainerUser" }],
    });

const capabilityList = (what: string, example: string) =>
  z
    .array(requiredText().transform((name) => name.toUpperCase()))
    .register(descriptions, { description: `Linux capabilities to ${what}, without CAP_.`, examples: [[example]] });

const capabilities = () =>
  z
    .strictObject({
      add: capabilityList("add", "NET_BIND_SERVICE").optional(),
      drop: capabilityList("drop", "ALL").optional(),
    })
    .register(descriptions, {
      description: "Linux capabilities. Fields not set here keep the operator's value: adding one keeps `drop: [ALL]`.",
      examples: [{ add: ["NET_BIND_SERVICE"] }],
    });

const shared = () => ({
  runAsUser: id()
    .optional()
    .register(descriptions, { description: "User id that the process runs as.", examples: [1000] }),
  runAsGroup: id()
    .optional()
    .register(descriptions, { description: "Group id that the process runs as.", examples: [2000] }),
  runAsNonRoot: yesOrNo()
    .optional()
    .register(descriptions, { description: "Refuse to start as root.", examples: [true] }),
  seLinuxOptions: seLinuxOptions().optional(),
  seccompProfile: profile("seccomp").optional(),
  appArmorProfile: profile("AppArmor").optional(),
  windowsOptions: windowsOptions().optional(),
});

export const makeSecurityContextSchema = () =>
  z.strictObject({
    ...shared(),
    allowPrivilegeEscalation: yesOrNo()
      .optional()
      .register(descriptions, {
        description: "Whether a process may gain more privileges than its parent.",
        examples: [false],
      }),
    capabilities: capabilities().optional(),
    privileged: yesOrNo()
      .optional()
      .register(descriptions, {
        description: "Run privileged, if the operator allows it.",
        examples: [false],
      }),
    procMount: z
      .enum(["Default", "Unmasked"])
      .optional()
      .register(descriptions, { description: "How /proc is mounted.", examples: ["Default"] }),
    readOnlyRootFilesystem: yesOrNo()
      .optional()
      .register(descriptions, { description: "Make everything except volumes read-only.", examples: [true] }),
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
