// Volumes of a task's pod: its files and working space, and the authorities of Keptn's certificate.
import { filesVolumeName } from "../files.ts";
import type { PodSpec } from "../kubernetes.ts";
import type { TaskJob } from "./task-job.ts";

export const caVolumeName = "keptn-ca";
export const caFile = { folder: "/etc/keptn-ca", key: "ca.crt" } as const;

export const makeVolumes = ({ task, settings }: TaskJob): NonNullable<PodSpec["volumes"]> => [
  { name: filesVolumeName, emptyDir: { sizeLimit: settings.FILES_VOLUME_SIZE } },
  ...(task.files?.length && settings.KEPTN_CA_CONFIG_MAP
    ? [{ name: caVolumeName, configMap: { name: settings.KEPTN_CA_CONFIG_MAP } }]
    : []),
];
