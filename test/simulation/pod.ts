// The pod of a simulated task in the kubelet's form: statuses sorted by name, a sidecar before the task's own container.
import type { Job, Pod } from "../../functions/lib/core/kubernetes.ts";
import { timeOf } from "./job-store.ts";

export type ContainerState = "creating" | "waiting" | "running" | ContainerEnd;

export interface ContainerEnd {
  readonly exitCode: number;
  readonly atMs: number;
  /** The content of KEPTN_RESULT. */
  readonly message?: string;
}

export interface PodFacts {
  /** Epoch milliseconds. */
  readonly sinceMs: number;
  readonly own: ContainerState;
  /** Injected; its name sorts before the task's own container. */
  readonly sidecar?: ContainerState;
  /** Its volumes and its network are ready. */
  readonly ready?: boolean;
  /** Its deadline has passed. */
  readonly late?: boolean;
  /** When it was removed. */
  readonly takenMs?: number;
}

/** @param nth from 0: a task with retries can have several pods, one after the other */
export const podUidOf = (jobUid: string, nth: number): string => `${jobUid}-pod-${nth}`;

export const renderPod = ({ metadata }: Job, facts: PodFacts, nth: number): Pod => {
  const { namespace = "", name = "", uid = "" } = metadata ?? {};
  const since = timeOf(new Date(facts.sinceMs));
  const conditions = [
    ...(facts.ready ? [{ type: "PodReadyToStartContainers", status: "True" }] : []),
    ...(facts.takenMs === undefined ? [] : [disruptionAt(facts.takenMs)]),
  ];
  const sidecar = facts.sidecar ? [{ ...container("a-sidecar"), state: stateOf(facts.sidecar, since) }] : [];
  return {
    metadata: { namespace, name: `${name}-${nth}`, uid: podUidOf(uid, nth), creationTimestamp: since },
    status: {
      ...{ phase: phaseOf(facts), startTime: since, conditions },
      ...(facts.late ? { reason: "DeadlineExceeded" } : {}),
      containerStatuses: [...sidecar, { ...container(name), state: stateOf(facts.own, since) }],
    },
  } as Pod;
};

/** As the eviction API does before it deletes a pod. */
const disruptionAt = (atMs: number) => ({
  ...{ type: "DisruptionTarget", status: "True", reason: "EvictionByEvictionAPI", message: "Eviction API: evicting" },
  lastTransitionTime: timeOf(new Date(atMs)),
});

const container = (name: string) => ({ name, image: "x", imageID: "", ready: false, restartCount: 0 });

const phaseOf = ({ own, sidecar, late }: PodFacts): string => {
  const all = sidecar ? [own, sidecar] : [own];
  if (late) return "Failed";
  if (all.every((one) => typeof one === "object"))
    return all.every((one) => typeof one === "object" && one.exitCode === 0) ? "Succeeded" : "Failed";
  return all.some((one) => one === "creating" || one === "waiting") ? "Pending" : "Running";
};

const stateOf = (state: ContainerState, since: string) => {
  if (state === "running") return { running: { startedAt: since } };
  if (state === "waiting") return { waiting: { reason: "ErrImagePull" } };
  if (state === "creating") return { waiting: { reason: "ContainerCreating" } };
  const { exitCode, atMs, message } = state;
  const reason = exitCode === 0 ? "Completed" : "Error";
  return {
    terminated: {
      exitCode,
      reason,
      startedAt: since,
      finishedAt: timeOf(new Date(atMs)),
      ...(message ? { message } : {}),
    },
  };
};
