// The pod of a local Job, with the states that a kubelet would report.
import type { Container, ContainerStatus, Job, Pod } from "../../lib/core/kubernetes.ts";
import type { ContainerEnd } from "./engine.ts";
import { timeOf } from "./job-status.ts";

export type ContainerKind = "initContainerStatuses" | "containerStatuses";

export const makePod = (job: Job, { name, uid, now }: { name: string; uid: string; now: Date }): Pod => {
  const { metadata, spec } = job.spec!.template;
  const jobName = job.metadata?.name ?? "";
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: {
      ...metadata,
      name,
      uid,
      namespace: job.metadata?.namespace ?? "",
      labels: { ...metadata?.labels, "job-name": jobName, "batch.kubernetes.io/job-name": jobName },
      creationTimestamp: timeOf(now),
    },
    spec: spec!,
    status: {
      phase: "Pending",
      startTime: timeOf(now),
      ...(spec?.initContainers ? { initContainerStatuses: spec.initContainers.map(waiting) } : {}),
      containerStatuses: (spec?.containers ?? []).map(waiting),
    },
  };
};

const waiting = ({ name, image = "" }: Container): ContainerStatus => ({
  name,
  image,
  imageID: "",
  ready: false,
  restartCount: 0,
  state: { waiting: { reason: "PodInitializing" } },
});

export const withRunning = (pod: Pod, kind: ContainerKind, { name, at }: { name: string; at: Date }): Pod => {
  const state = { running: { startedAt: timeOf(at) } };
  return withState(pod, kind, { name, state, phase: kind === "containerStatuses" ? "Running" : "Pending" });
};

/** Adds the state of a container that ended or could not be created. */
export const withEnd = (pod: Pod, kind: ContainerKind, { name, end }: { name: string; end: ContainerEnd }): Pod => {
  if (end.kind === "refused") {
    const { reason, message } = end;
    return withState(pod, kind, { name, state: { waiting: { reason, message } }, phase: "Failed", reason, message });
  }
  const terminated = {
    exitCode: end.exitCode,
    reason: end.reason,
    startedAt: timeOf(end.startedAt),
    finishedAt: timeOf(end.finishedAt),
    ...(end.message ? { message: end.message } : {}),
  };
  const next = kind === "containerStatuses" ? "Succeeded" : "Pending";
  return withState(pod, kind, { name, state: { terminated }, phase: end.exitCode === 0 ? next : "Failed" });
};

export const withDeadlinePassed = (pod: Pod): Pod => ({
  ...pod,
  status: {
    ...pod.status,
    phase: "Failed",
    reason: "DeadlineExceeded",
    message: "Pod was active on the node longer than the specified deadline",
  },
});

interface Change extends Pick<NonNullable<Pod["status"]>, "phase" | "reason" | "message"> {
  /** The container's name. */
  readonly name: string;
  readonly state: NonNullable<ContainerStatus["state"]>;
}

const withState = (pod: Pod, kind: ContainerKind, { name, state, ...ofPod }: Change): Pod => {
  const statuses = pod.status?.[kind]?.map((status) => (status.name === name ? { ...status, state } : status));
  return { ...pod, status: { ...pod.status, ...ofPod, ...(statuses ? { [kind]: statuses } : {}) } };
};
