// A task as a Kubernetes Job, suspended until its turn comes.
import type { Job, PodSpec } from "../kubernetes.ts";
import type { Settings } from "../settings.ts";
import { makeInitContainer } from "./init-container.ts";
import { makeJobMetadata, makePodMetadata } from "./metadata.ts";
import { makeTaskContainer } from "./task-container.ts";
import type { TaskJob } from "./task-job.ts";
import { makeVolumes } from "./volumes.ts";

/** As in JES: how long a task may take that does not say. */
const defaultSeconds = 300;
/** For a pod that never starts: its own deadline counts from its start. */
const startSeconds = 60;

/** The TTL is missing on purpose: it is set when the run was reported, see {@link Chain}. */
export const makeJob = (given: TaskJob): Job => {
  const seconds = secondsOf(given);
  return {
    apiVersion: "batch/v1",
    kind: "Job",
    metadata: makeJobMetadata(given),
    spec: {
      suspend: true,
      backoffLimit: 0,
      activeDeadlineSeconds: seconds + startSeconds,
      podReplacementPolicy: "Failed",
      template: { metadata: makePodMetadata(given), spec: makePodSpec(given, seconds) },
    },
  };
};

const secondsOf = ({ task, settings }: TaskJob): number => {
  const own = task.maxPollDuration ?? defaultSeconds;
  return settings.TASK_DEADLINE_SECONDS > 0 ? Math.min(own, settings.TASK_DEADLINE_SECONDS) : own;
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
});

/** Only a task that names its service account gets at the API server. */
const serviceAccountOf = (named: string | undefined, settings: Settings): Partial<PodSpec> => {
  const name = named ?? settings.DEFAULT_JOB_SERVICE_ACCOUNT;
  return {
    ...(name ? { serviceAccountName: name } : {}),
    ...(named ? {} : { automountServiceAccountToken: false }),
  };
};
