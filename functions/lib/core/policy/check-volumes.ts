// Checks the volumes of a task and their size against the operator's rules.
import { matchesAny } from "../config/glob.ts";
import type { Task, TaskVolume } from "../config/schema.ts";
import { type VolumeKind, volumeKinds } from "../config/volumes-schema.ts";
import { bytesOf } from "../files/fetch-order.ts";
import type { TaskProblem } from "../plan/task-problem.ts";
import type { Settings } from "../settings/settings.ts";
import { quote } from "../yaml/scalars.ts";
import { allowedIn } from "./allowed-in.ts";
import { configMapsNamedIn } from "./reserved-names.ts";

export type VolumeRules = Pick<
  Settings,
  "ALLOWED_VOLUMES" | "ALLOWED_CONFIG_MAPS" | "ALLOWED_IMAGE_PULL_SECRETS" | "FILES_VOLUME_SIZE" | "MAX_VOLUME_SIZE"
>;

export const checkVolumes = (task: Task, rules: VolumeRules): TaskProblem[] => [
  ...(task.volumes ?? []).flatMap((volume, index) => checkKind(volume, ["volumes", index], rules)),
  ...checkConfigMaps(task, rules.ALLOWED_CONFIG_MAPS),
  ...checkPullSecrets(task, rules.ALLOWED_IMAGE_PULL_SECRETS),
  ...checkRoom(task, rules),
];

const checkKind = (volume: TaskVolume, path: TaskProblem["field"], rules: VolumeRules): TaskProblem[] => {
  const kind = volumeKinds.find((one) => volume[one]) ?? "emptyDir";
  const name = kind === "emptyDir" ? "" : (volume[kind] ?? "");
  if (isAllowed(kind, name, rules.ALLOWED_VOLUMES)) return [];
  const message = `a volume with ${nouns[kind]}${name && ` ${quote(name)}`} is not allowed here.`;
  const fix = allowedIn("ALLOWED_VOLUMES", rules.ALLOWED_VOLUMES);
  return [{ code: "volume-not-allowed", message, fix, field: [...path, kind] }];
};

const nouns: Readonly<Record<VolumeKind, string>> = {
  claim: "the claim",
  configMap: "the ConfigMap",
  secret: "the Secret",
  emptyDir: "an emptyDir",
};

/** `claim` allows every claim, `claim:cache-*` those with a matching name. */
const isAllowed = (kind: VolumeKind, name: string, allowed: readonly string[]): boolean =>
  matchesAny(kind, allowed) || (name !== "" && matchesAny(`${kind}:${name}`, allowed));

/** An empty list allows every ConfigMap. */
const checkConfigMaps = (task: Task, allowed: readonly string[]): TaskProblem[] =>
  configMapsNamedIn(task).flatMap(({ name, field }) => {
    if (allowed.length === 0 || !name || matchesAny(name, allowed)) return [];
    const message = `the ConfigMap ${quote(name)} is not allowed here.`;
    return [{ code: "config-map-not-allowed", message, fix: allowedIn("ALLOWED_CONFIG_MAPS", allowed), field }];
  });

/** An empty list allows every Secret, because a task can also read it as variables. */
const checkPullSecrets = ({ imagePullSecrets = [] }: Task, allowed: readonly string[]): TaskProblem[] =>
  imagePullSecrets.flatMap((name, index) => {
    if (allowed.length === 0 || matchesAny(name, allowed)) return [];
    const message = `the image pull secret ${quote(name)} is not allowed here.`;
    const fix = allowedIn("ALLOWED_IMAGE_PULL_SECRETS", allowed);
    return [{ code: "image-pull-secret-not-allowed", message, fix, field: ["imagePullSecrets", index] }];
  });

/** Checks the sum of all sizes, because they share one node's disk or one container's memory. */
const checkRoom = ({ volume, volumes = [] }: Task, rules: VolumeRules): TaskProblem[] => {
  const asked = [
    ...(volume?.size ? [{ size: volume.size, field: ["volume", "size"] }] : []),
    ...volumes.flatMap(({ emptyDir }, index) =>
      emptyDir ? [{ size: emptyDir.size || rules.FILES_VOLUME_SIZE, field: ["volumes", index, "emptyDir"] }] : [],
    ),
  ];
  if (asked.reduce((sum, { size }) => sum + bytesOf(size), 0) <= bytesOf(rules.MAX_VOLUME_SIZE)) return [];
  const sizes = asked.map(({ size }) => size).join(" + ");
  const message = `it requests volumes of ${sizes}, but the limit is ${rules.MAX_VOLUME_SIZE}.`;
  const fix = "Request less, or ask the operator for a larger MAX_VOLUME_SIZE.";
  return [{ code: "volume-too-large", message, fix, field: asked[0]?.field ?? [] }];
};
