// Determines what ended a task's pod: the task's program, or an outside cause.
import type { ContainerStatus, Job, Pod } from "../kubernetes.ts";
import { failureOf } from "../run/run-state.ts";
import { cleanText } from "../text/log-text.ts";
import { isRetried } from "./retried.ts";
import { containersOfTask, endOfContainer } from "./task-containers.ts";

export type Terminated = NonNullable<NonNullable<ContainerStatus["state"]>["terminated"]>;

/** What stopped a pod before its task was done. */
export type Cut =
  /** The pod's own deadline, which counts from its start on a node. */
  | { readonly kind: "deadline" }
  /** The Job's deadline, which counts from its release: its pods are deleted. */
  | { readonly kind: "job-deadline" }
  /** Eviction, drain, preemption, taint, node shutdown, node gone. `words`: Kubernetes' own. */
  | { readonly kind: "taken"; readonly words: string }
  /** The kubelet refused the pod, or failed it as a whole. */
  | { readonly kind: "refused"; readonly words: string };

/** @param pod the Job's newest pod, if one is left */
export const cutOf = (job: Job, pod: Pod | undefined): Cut | undefined => {
  const { reason, message } = pod?.status ?? {};
  if (reason === "DeadlineExceeded") return { kind: "deadline" };
  const disruption = disruptionOf(pod);
  if (reason && (disruption || takenReasons.has(reason))) return { kind: "taken", words: wordsOf(reason, message) };
  if (disruption) return { kind: "taken", words: wordsOf(disruption.reason, disruption.message) };
  if (reason) return { kind: "refused", words: wordsOf(reason, message) };
  const failure = failureOf(job);
  if (failure?.reason === "DeadlineExceeded") return { kind: "job-deadline" };
  // The failure policy of a task without retries: its pod was disrupted, and may be gone since.
  if (failure?.reason === "PodFailurePolicy" && !isRetried(job))
    return { kind: "taken", words: wordsOf(undefined, failure.message) };
  return undefined;
};

/**
 * `status.reason` of pods that were removed (kubelet: eviction/eviction_manager.go, preemption/preemption.go,
 * nodeshutdown/nodeshutdown_manager.go; node lifecycle controller: NodeLost; before 1.22: Shutdown, NodeShutdown).
 */
const takenReasons = new Set(["Evicted", "Preempting", "Terminated", "NodeLost", "NodeShutdown", "Shutdown"]);

/** Set before the pod is removed, by the component that removes it (KEP-3329: scheduler, taint manager, eviction API, pod GC, kubelet). */
const disruptionOf = (pod: Pod | undefined) =>
  pod?.status?.conditions?.find(({ type, status }) => type === "DisruptionTarget" && status === "True");

/**
 * How the task's own container ended by itself, regardless of its pod.
 * @returns undefined while it runs, or if it was ended from outside
 */
export const ownEndOf = (job: Job, pod: Pod | undefined): Terminated | undefined => {
  const { own } = containersOfTask(job, pod);
  const ended = own?.state?.terminated;
  const cut = cutOf(job, pod);
  if (!ended || !cut || cut.kind === "job-deadline") return ended;
  const [endMs, cutMs] = [Date.parse(endOfContainer(own) ?? ""), cutTimeMs(job, pod, cut)];
  return endMs < cutMs ? ended : undefined;
};

/** Epoch milliseconds; NaN: unknown. */
const cutTimeMs = (job: Job, pod: Pod | undefined, { kind }: Cut): number => {
  if (kind !== "deadline") return Date.parse(disruptionOf(pod)?.lastTransitionTime ?? "");
  return Date.parse(pod?.status?.startTime ?? "") + (deadlineSecondsOf(job) ?? Number.NaN) * 1000;
};

/** Deadline of the pod, from its start on a node. */
export const deadlineSecondsOf = ({ spec }: Job): number | undefined =>
  spec?.template.spec?.activeDeadlineSeconds ?? spec?.activeDeadlineSeconds;

/** `Evicted: The node was low on resource: memory.` */
export const wordsOf = (reason: string | undefined, message: string | undefined): string =>
  [reason, message && cleanText(message).trim()].filter(Boolean).join(": ");
