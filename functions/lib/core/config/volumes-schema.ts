// Volumes of a task: the size of /keptn, and its additional mounts. Folders of a node cannot be mounted.
import * as z from "zod";
import { sizePattern } from "../settings/setting-types.ts";
import { checkedText, type Fault, mustBe, quote, rejectAt, yesOrNo } from "../yaml/scalars.ts";
import { described, optional } from "./descriptions.ts";
import { checkClaimName, checkConfigMapName, checkNameOfSecret, isDnsLabel } from "./kubernetes-names.ts";
import { checkMountPath, withoutSlash } from "./mount-path.ts";

const mostVolumes = 20;

/** In the order of messages. */
export const volumeKinds = ["claim", "configMap", "secret", "emptyDir"] as const;
export type VolumeKind = (typeof volumeKinds)[number];

const checkSize = mustBe((size) => sizePattern.test(size), {
  code: "bad-size",
  what: "a size",
  fix: "Write, for example, 500Mi or 1Gi.",
});

const room = () =>
  z.strictObject({
    size: optional(checkedText(checkSize), "Size, up to the operator's limit; default: the operator's size.", "500Mi"),
    medium: optional(
      z.enum(["Memory", ""]),
      "Memory: stored in memory and counted as the container's memory. Default: the node's disk.",
      "Memory",
    ),
  });

export const ownVolume = described(room(), "Size and medium of /keptn for this task. Not in JES.", { size: "500Mi" });

const checkMountName = mustBe((name) => isDnsLabel(name) && !name.startsWith("keptn-"), {
  code: "bad-volume-name",
  what: "a valid volume name",
  fix: "Use lowercase letters, digits and `-`, at most 63 characters; names that begin with keptn- are reserved.",
});

const mount = z
  .strictObject({
    mount: described(
      checkedText(checkMountName).min(1),
      "Name of the volume; names and paths must be unique.",
      "cache",
    ),
    path: described(
      checkedText(checkMountPath).min(1),
      "Folder in the container where it is mounted; not in /keptn.",
      "/cache/m2",
    ),
    readOnly: optional(
      yesOrNo(),
      "true: the task cannot write to it. `configMap` and `secret` are always read-only.",
      true,
    ),
    claim: optional(
      checkedText(checkClaimName),
      "Name of a PersistentVolumeClaim in the task's namespace.",
      "m2-cache",
    ),
    configMap: optional(checkedText(checkConfigMapName), "Name of a ConfigMap: one file per key.", "carts-settings"),
    secret: optional(checkedText(checkNameOfSecret), "Name of a Secret: one file per key.", "carts-tls"),
    emptyDir: optional(room(), "An empty folder for this task, deleted with its pod.", { size: "1Gi" }),
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

export const mounts = described(
  z
    .array(mount)
    .superRefine((entries, context) => checkDistinct(entries, context), { when: ({ value }) => Array.isArray(value) }),
  "Volumes of the task in addition to /keptn, if the operator allows them (ALLOWED_VOLUMES). Not in JES.",
  [{ mount: "cache", claim: "m2-cache", path: "/cache/m2" }],
);
