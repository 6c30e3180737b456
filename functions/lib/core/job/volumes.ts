// Volumes of a task's pod: /keptn, the certificate authorities for Keptn, and the task's own mounts.
import { withoutSlash } from "../config/mount-path.ts";
import type { TaskVolume } from "../config/schema.ts";
import { filesFolder, filesVolumeName } from "../files/fetch-order.ts";
import type { Container, PodSpec, Volume } from "../kubernetes.ts";
import type { Settings } from "../settings/settings.ts";
import type { TaskJob } from "./task-job.ts";

export const caVolumeName = "keptn-ca";
export const caFile = { folder: "/etc/keptn-ca", key: "ca.crt" } as const;

export const makeVolumes = ({ task, settings }: TaskJob): NonNullable<PodSpec["volumes"]> => [
  { name: filesVolumeName, emptyDir: emptyDirOf(task.volume ?? {}, settings) },
  ...(task.files?.length && settings.KEPTN_CA_CONFIG_MAP
    ? [{ name: caVolumeName, configMap: { name: settings.KEPTN_CA_CONFIG_MAP } }]
    : []),
  ...(task.volumes ?? []).map((volume) => ({ name: volume.mount, ...sourceOf(volume, settings) })),
];

/** Mounts of the task's own container; the init container gets none of the task's volumes. */
export const makeMounts = ({ task }: Pick<TaskJob, "task">): NonNullable<Container["volumeMounts"]> => [
  { name: filesVolumeName, mountPath: filesFolder },
  ...(task.volumes ?? []).map((volume) => ({
    name: volume.mount,
    mountPath: withoutSlash(volume.path),
    ...(volume.readOnly || volume.configMap || volume.secret ? { readOnly: true } : {}),
  })),
];

/** The schema guarantees exactly one kind. */
const sourceOf = ({ claim, configMap, secret, emptyDir }: TaskVolume, settings: Settings): Omit<Volume, "name"> => {
  if (claim) return { persistentVolumeClaim: { claimName: claim } };
  if (configMap) return { configMap: { name: configMap } };
  return secret ? { secret: { secretName: secret } } : { emptyDir: emptyDirOf(emptyDir ?? {}, settings) };
};

const emptyDirOf = (
  { size, medium }: NonNullable<TaskVolume["emptyDir"]>,
  settings: Settings,
): NonNullable<Volume["emptyDir"]> => ({
  ...(medium ? { medium } : {}),
  sizeLimit: size || settings.FILES_VOLUME_SIZE,
});
