// Lists for use without an operator: a local run, and lint without settings.
import type { SchedulingRules } from "./check-scheduling.ts";
import type { VolumeRules } from "./check-volumes.ts";

export const openLists: VolumeRules & Omit<SchedulingRules, "JOB_LABELS"> = {
  ALLOWED_VOLUMES: ["*"],
  ALLOWED_CONFIG_MAPS: [],
  ALLOWED_IMAGE_PULL_SECRETS: [],
  ALLOWED_NODE_SELECTORS: ["*"],
  ALLOWED_TOLERATIONS: ["*"],
  ALLOWED_PRIORITY_CLASSES: ["*"],
  ALLOWED_RUNTIME_CLASSES: ["*"],
  ALLOWED_LABELS: ["*"],
  FILES_VOLUME_SIZE: "20Mi",
  MAX_VOLUME_SIZE: "999999999Gi",
};
