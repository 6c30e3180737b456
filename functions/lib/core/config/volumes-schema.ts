// Volumes of a task: the size of /keptn, and its additional mounts. Folders of a node cannot be mounted.
import * as z from "zod";
import { sizePattern } from "../settings/setting-types.ts";
import { checkedText, type Fault, quote, rejectAt, yesOrNo } from "../yaml/scalars.ts";
import { descriptions } from "./descriptions.ts";
import { checkClaimName, checkConfigMapName, checkNameOfSecret, isDnsLabel } from "./kubernetes-names.ts";
import { checkMountPath, withoutSlash } from "./mount-path.ts";

const mostVolumes = 20;

/** In the order of messages. */
export const volumeKinds = ["claim", "configMap", "secret", "emptyDir"] as const;
export type VolumeKind = (typeof volumeKinds)[number];

const checkSize = (size: string): Fault | undefined =>
  sizePattern.test(size)
    ? undefined
    : { code: "bad-size", message: `is ${quote(size)}, which is not a size`, fix: "Write, for example, 500Mi or 1Gi." };

const room = () =>
  z.strictObject({
    size: checkedText(checkSize)
      .optional()
      .register(descriptions, {
        description: "Size, up to the operator's limit; default: the operator's size.",
        examples: ["500Mi"],
      }),
    medium: z
      .enum(["Memory", ""])
      .optional()
      .register(descriptions, {
        description: "Memory: stored in memory and counted as the container's memory. Default: the node's disk.",
        examples: ["Memory"],
      }),
  });

export const ownVolume = room().register(descriptions, {
  description: "Size and medium of /keptn for this task. Not in JES.",
  examples: [{ size: "500Mi" }],
});

const checkMountName = (name: string): Fault | undefined =>
  isDnsLabel(name) && !name.startsWith("keptn-")
    ? undefined
    : {
        code: "bad-volume-name",
        message: `is ${quote(name)}, which is not a valid volume name`,
        fix: "Use lowercase letters, digits and `-`, at most 63 characters; names that begin with keptn- are reserved.",
      };

const mount = z
  .strictObject({
    mount: checkedText(checkMountName)
      .min(1)
      .register(descriptions, {
        description: "Name of the volume; names and paths must be unique.",
        examples: ["cache"],
      }),
    path: checkedText(checkMountPath)
      .min(1)
      .register(descriptions, {
        description: "Folder in the container where it is mounted; not in /keptn.",
        examples: ["/cache/m2"],
      }),
    readOnly: yesOrNo()
      .optional()
      .register(descriptions, {
        description: "true: the task cannot write to it. `configMap` and `secret` are always read-only.",
        examples: [true],
      }),
    claim: checkedText(checkClaimName)
      .optional()
      .register(descriptions, {
        description: "Name of a PersistentVolumeClaim in the task's namespace.",
        examples: ["m2-cache"],
      }),
    configMap: checkedText(checkConfigMapName)
      .optional()
      .register(descriptions, { description: "Name of a ConfigMap: one file per key.", examples: ["carts-settings"] }),
    secret: checkedText(checkNameOfSecret)
      .optional()
      .register(descriptions, { description: "Name of a Secret: one file per key.", examples: ["carts-tls"] }),
    emptyDir: room()
      .optional()
      .register(descriptions, {
        description: "An empty folder for this task, deleted with its pod.",
        examples: [{ size: "1Gi" }],
      }),
  })
  .superRefine((entry, context) => checkKinds(entry, context), {
    when: ({ value }) => typeof value === "object" && value !== null,
  });

const checkKinds = (entry: Readonly<Record<string, unknown>>, context: z.RefinementCtx): void => {
  const given = volumeKinds.filter((kind) => entry[kind] !== undefined && entry[kind] !== "");
  if (given.length === 0) rejectAt([], noKind, context);
  for (const kind of given.slice(1)) rejectAt(kind, secondKind(given[0] ?? ""), context);
};

const noKind: Fault = {
  code: "no-volume-kind",
  message: "does not say what to mount",
  fix: "Write one of `claim: NAME`, `configMap: NAME`, `secret: NAME` and `emptyDir: {}`.",
};

const secondKind = (first: string): Fault => ({
  code: "two-volume-kinds",
  message: `is set together with ${first}`,
  fix: "Keep one of them: a volume has one kind.",
});

/** Names and paths of a pod's volumes must be unique. */
const checkDistinct = (entries: readonly unknown[], context: z.RefinementCtx): void => {
  if (entries.length > mostVolumes) rejectAt([], tooMany(entries.length), context);
  for (const field of ["mount", "path"] as const) {
    const seen = new Set<string>();
    for (const [index, entry] of entries.slice(0, mostVolumes).entries()) {
      const one = withoutSlash(String((entry as Record<string, unknown> | null)?.[field] ?? ""));
      if (one !== "" && seen.has(one)) rejectAt([index, field], taken(one), context);
      seen.add(one);
    }
  }
};

const taken = (name: string): Fault => ({
  code: "duplicate-volume",
  message: `is ${quote(name)}, which an earlier volume already uses`,
  fix: "Give each volume a unique name and path.",
});

const tooMany = (count: number): Fault => ({
  code: "too-many-entries",
  message: `has ${count} entries, but the limit is ${mostVolumes}`,
  fix: "Mount fewer volumes.",
});

export const mounts = z
  .array(mount)
  .superRefine((entries, context) => checkDistinct(entries, context), { when: ({ value }) => Array.isArray(value) })
  .register(descriptions, {
    description:
      "Volumes of the task in addition to /keptn, if the operator allows them (ALLOWED_VOLUMES). Not in JES.",
    examples: [[{ mount: "cache", claim: "m2-cache", path: "/cache/m2" }]],
  });
