// A task as a Kubernetes Job, suspended until it is released.
import { jobNameOf } from "../annotations/annotations.ts";
import type { Job, PodSpec } from "../kubernetes.ts";
import type { Settings } from "../settings/settings.ts";
import { jobDeadlineSeconds, podDeadlineSeconds } from "./deadlines.ts";
import { makeInitContainer } from "./init-container.ts";
import { makeJobMetadata, makePodMetadata } from "./metadata.ts";
import { allTriesSeconds, makeRetrySpec } from "./retry.ts";
import { makeTaskContainer } from "./task-container.ts";
import type { TaskJob } from "./task-job.ts";
import { makeVolumes } from "./volumes.ts";

/** The TTL is omitted on purpose: `finalizeRun` sets it after the run was reported. */
export const makeJob = (given: TaskJob): Job => {
  const seconds = podDeadlineSeconds(given.task.maxPollDuration, given.settings);
  const { backoffLimit, podFailurePolicy } = makeRetrySpec(given.task, jobNameOf(given.runId, given.taskIndex));
  return {
    apiVersion: "batch/v1",
    kind: "Job",
    metadata: makeJobMetadata(given),
    spec: {
      suspend: true,
      backoffLimit,
      activeDeadlineSeconds: allTriesSeconds(given.task, jobDeadlineSeconds(seconds, given.settings)),
      podReplacementPolicy: "Failed",
      podFailurePolicy,
      template: { metadata: makePodMetadata(given), spec: makePodSpec(given, seconds) },
    },
  };
};

const makePodSpec = (given: TaskJob, seconds: number): PodSpec => ({
  restartPolicy: "Never",
  activeDeadlineSeconds: seconds,
  enableServiceLinks: false,
  ...serviceAccountOf(given.task.serviceAccount, given.settings),
  securityContext: given.settings.POD_SECURITY_CONTEXT as NonNullable<PodSpec["securityContext"]>,
  ...(given.task.files?.length ? { initContainers: [makeInitContainer(given)] } : {}),
  containers: [makeTaskContainer(given)],
  volumes: makeVolumes(given),
  ...schedulingOf(given.task),
});

/** As in the task; checkScheduling has already applied the operator's lists. */
const schedulingOf = (task: TaskJob["task"]): Partial<PodSpec> => ({
  ...(task.imagePullSecrets?.length
    ? { imagePullSecrets: [...new Set(task.imagePullSecrets)].map((name) => ({ name })) }
    : {}),
  ...(task.nodeSelector ? { nodeSelector: { ...task.nodeSelector } } : {}),
  ...(task.tolerations?.length ? { tolerations: task.tolerations as NonNullable<PodSpec["tolerations"]> } : {}),
  ...(task.priorityClassName ? { priorityClassName: task.priorityClassName } : {}),
  ...(task.runtimeClassName ? { runtimeClassName: task.runtimeClassName } : {}),
});

/** Only a task that names its service account gets a token for the API server. */
const serviceAccountOf = (named: string | undefined, settings: Settings): Partial<PodSpec> => {
  const name = named ?? settings.DEFAULT_JOB_SERVICE_ACCOUNT;
  return {
    ...(name ? { serviceAccountName: name } : {}),
    ...(named ? {} : { automountServiceAccountToken: false }),
  };
};
