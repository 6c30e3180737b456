// Decides whether to give up a task that does not start: by its current state, and how long it has lasted.
import type { ContainerStatus, Job, Pod } from "../kubernetes.ts";
import { cleanText, oneLine } from "../text/log-text.ts";
import { type KubernetesWarning, renderWarning, spanOf, stillFails } from "./kubernetes-warning.ts";
import { wordsOf } from "./pod-end.ts";
import { hopeless, pulls, type Trouble } from "./start-blocker.ts";
import { containersOfTask, endOfContainer } from "./task-containers.ts";

/** Event reasons of a pod without sandbox or volumes (kubelet: pkg/kubelet/events/event.go; attach-detach controller). */
const sandboxTroubles = new Set([
  "FailedMount",
  "FailedAttachVolume",
  "FailedMapVolume",
  "FailedCreatePodSandBox",
  "FailedPodSandBoxStatus",
  "FailedCreatePodContainer",
  "FailedPrepareDynamicResources",
  "NetworkNotReady",
]);

export interface Patience {
  /** Epoch milliseconds. */
  readonly nowMs: number;
  readonly graceSeconds: number;
  /** Time for the pod to get a node: START_DEADLINE_SECONDS. */
  readonly startSeconds: number;
}

export interface Evidence extends Patience {
  readonly job: Job;
  readonly pod: Pod | undefined;
  /** Warnings about the pod, or about the Job if it has none; oldest first. */
  readonly warnings: readonly KubernetesWarning[];
  /** Since when the sweep sees this trouble, if no warning has a time. Epoch milliseconds; undefined: not noted. */
  readonly seenMs?: number;
}

export type Judgement =
  /** It may still start. */
  | { readonly kind: "wait" }
  /** It is unknown since when it cannot start: note the time. */
  | { readonly kind: "note" }
  | { readonly kind: "cannot-start"; readonly why: string };

const wait: Judgement = { kind: "wait" };

/** Whether to list warnings: no trouble is older than its pod. A container's trouble is noted when it is first seen. */
export const mayBeOverdue = (trouble: Trouble, given: Omit<Evidence, "warnings">): boolean => {
  const { job, pod, startSeconds } = given;
  if (trouble.kind === "no-node") return isPast(releasedMs(job), startSeconds, given);
  return trouble.kind === "container" || isOver(beginMs(job, pod), given);
};

/** Judges by the current trouble and its duration, not by the age of the pod. */
export const judgeStart = (trouble: Trouble, given: Evidence): Judgement => {
  switch (trouble.kind) {
    case "container":
      return judgeContainer(trouble.status, given);
    case "sandbox":
      return judgeSandbox(given);
    case "no-pod":
    case "no-node":
      return judgeWaiting(trouble.kind, given);
  }
};

const judgeContainer = (status: ContainerStatus, given: Evidence): Judgement => {
  const reason = status.state?.waiting?.reason ?? "";
  const why = `container ${status.name} (image ${status.image}): ${dotted(wordsOf(reason, status.state?.waiting?.message))}`;
  const refused: Judgement = { kind: "cannot-start", why: why + quote(given.warnings) };
  if (hopeless.has(reason)) return refused;
  const span = spanOf(warningsAbout(status, given));
  const sinceMs = span ? Math.max(span.firstMs, beginMs(given.job, given.pod)) : given.seenMs;
  if (sinceMs === undefined) return isOver(given.nowMs, given) ? refused : { kind: "note" };
  // While an image is pulled again, the container still shows its last failure.
  if (span && pulls.has(reason) && !stillFails(span, given.nowMs)) return wait;
  return isOver(sinceMs, given) ? refused : wait;
};

/** Epoch milliseconds; by default, the pod's beginning. */
export const troubleSinceMs = (status: ContainerStatus, given: Pick<Evidence, "job" | "pod" | "warnings">): number =>
  Math.max(spanOf(warningsAbout(status, given))?.firstMs ?? 0, beginMs(given.job, given.pod));

const warningsAbout = ({ name }: ContainerStatus, { warnings }: Pick<Evidence, "warnings">): KubernetesWarning[] =>
  warnings.filter(({ reason, container }) => containerWarnings.has(reason) && (container ?? name) === name);

/** Reasons of the kubelet's warnings about a container that it could not start (pkg/kubelet/events/event.go). */
const containerWarnings = new Set(["Failed", "InspectFailed", "ErrImageNeverPull", "BackOff"]);

const judgeSandbox = (given: Evidence): Judgement => {
  const found = sandboxTroubleOf(given);
  return found && isOver(found.firstMs, given)
    ? { kind: "cannot-start", why: `${found.what}${quote([found.said])}` }
    : wait;
};

/** Why a pod has no containers yet: its latest warning, while that repeats. */
export const sandboxTroubleOf = ({ pod, warnings, nowMs }: Pick<Evidence, "pod" | "warnings" | "nowMs">) => {
  const about = warnings.filter(({ reason }) => sandboxTroubles.has(reason));
  const said = about.at(-1);
  const span = spanOf(about.filter(({ reason }) => reason === said?.reason));
  if (!said || !span || !stillFails(span, nowMs)) return undefined;
  const what = said.reason === "FailedMount" || said.reason.includes("Volume") ? "a volume" : "the sandbox";
  return { said, firstMs: span.firstMs, what: `${what} of pod ${pod?.metadata?.name} is missing.` };
};

/** A full quota and a node that is being created may take until the start deadline. Other refusals end the task after the grace period. */
const judgeWaiting = (kind: "no-pod" | "no-node", given: Evidence): Judgement => {
  const { job, warnings, startSeconds } = given;
  if (isPast(releasedMs(job), startSeconds, given)) return { kind: "cannot-start", why: explainDelay(kind, given) };
  if (kind === "no-node") return wait;
  const refusals = warnings.filter(({ reason }) => reason === "FailedCreate");
  const last = refusals.at(-1);
  const span = spanOf(refusals);
  if (!last || isFullQuota(last)) return wait;
  return isOver(span?.firstMs ?? releasedMs(job), given)
    ? { kind: "cannot-start", why: `Kubernetes cannot create a pod for Job ${job.metadata?.name}.${quote(refusals)}` }
    : wait;
};

const explainDelay = (kind: "no-pod" | "no-node", { job, pod, warnings, startSeconds }: Evidence): string => {
  const scheduled = pod?.status?.conditions?.find(({ type, status }) => type === "PodScheduled" && status === "False");
  const what = kind === "no-pod" ? `Job ${job.metadata?.name} has no pod` : `pod ${pod?.metadata?.name} has no node`;
  const said = scheduled
    ? ` Kubernetes said: ${dotted(oneLine(wordsOf(scheduled.reason, scheduled.message)))}`
    : quote(warnings);
  return `${what} ${startSeconds} s after its release (START_DEADLINE_SECONDS).${said}`;
};

/** plugin/pkg/admission/resourcequota/controller.go. It may stay full: the start deadline covers that. */
export const isFullQuota = ({ message }: KubernetesWarning): boolean => /exceeded quota: /.test(message);

const isOver = (sinceMs: number, patience: Patience): boolean => isPast(sinceMs, patience.graceSeconds, patience);

const isPast = (sinceMs: number, seconds: number, { nowMs }: Pick<Patience, "nowMs">): boolean =>
  nowMs - sinceMs >= seconds * 1000;

/** NaN: not released. */
const releasedMs = (job: Job): number => Date.parse(job.status?.startTime ?? "");

/** The earliest time of a trouble: the pod's beginning or the end of its last init container; without a pod, the Job's release. */
const beginMs = (job: Job, pod: Pod | undefined): number => {
  const ended = containersOfTask(job, pod).init.map(endOfContainer);
  const times = pod ? [pod.status?.startTime, pod.metadata?.creationTimestamp, ...ended] : [job.status?.startTime];
  return Math.max(0, ...times.map((time) => Date.parse(time ?? "") || 0));
};

const quote = (warnings: readonly KubernetesWarning[]): string =>
  warnings.length > 0
    ? ` Kubernetes said: ${warnings
        .slice(-3)
        .map((one) => cleanText(renderWarning(one)).trim())
        .join(" | ")}`
    : "";

const dotted = (text: string): string => text.replace(/\.?$/, ".");
