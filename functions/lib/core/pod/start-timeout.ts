// Decides when a task that does not start is given up: by what blocks its start, and how long that has lasted.
import type { ContainerStatus, Job, Pod } from "../kubernetes.ts";
import { asSentence, cleanText, oneLine } from "../text/log-text.ts";
import { type KubernetesWarning, renderWarning, spanOf, stillFails } from "./kubernetes-warning.ts";
import { wordsOf } from "./pod-end.ts";
import { imageReasons, permanentReasons, type StartBlocker, sandboxFailureOf } from "./start-blocker.ts";
import { containersOfTask, endOfContainer, unscheduledOf } from "./task-containers.ts";

interface StartLimits {
  readonly nowMs: number;
  readonly graceSeconds: number;
  /** Time for the pod to get a node: START_DEADLINE_SECONDS. */
  readonly startSeconds: number;
}

export interface Evidence extends StartLimits {
  readonly job: Job;
  readonly pod: Pod | undefined;
  /** Warnings about the pod, or about the Job if it has none; oldest first. */
  readonly warnings: readonly KubernetesWarning[];
  /** Since when the sweep sees this blocker, if no warning has a time. Undefined: not noted. */
  readonly seenMs?: number | undefined;
}

export type Judgement =
  /** It may still start. */
  | { readonly kind: "wait" }
  /** It is unknown since when it cannot start: note the time. */
  | { readonly kind: "note" }
  | { readonly kind: "cannot-start"; readonly why: string };

const wait: Judgement = { kind: "wait" };

/** Whether to list warnings: no blocker is older than its pod. A container's is noted when it is first seen. */
export const mayBeOverdue = (blocker: StartBlocker, given: Omit<Evidence, "warnings">): boolean => {
  const { job, pod, startSeconds } = given;
  if (blocker.kind === "no-node") return isPast(releasedMs(job), startSeconds, given);
  return blocker.kind === "container" || isOver(beginMs(job, pod), given);
};

/** Judges by the current blocker and its duration, not by the age of the pod. */
export const judgeStart = (blocker: StartBlocker, given: Evidence): Judgement => {
  if (blocker.kind === "container") return judgeContainer(blocker.status, given);
  return blocker.kind === "sandbox" ? judgeSandbox(given) : judgeWaiting(blocker.kind, given);
};

const judgeContainer = (status: ContainerStatus, given: Evidence): Judgement => {
  const reason = status.state?.waiting?.reason ?? "";
  const why = `container ${status.name} (image ${status.image}): ${asSentence(wordsOf(reason, status.state?.waiting?.message))}`;
  const refused: Judgement = { kind: "cannot-start", why: why + quote(given.warnings) };
  if (permanentReasons.has(reason)) return refused;
  const span = spanOf(warningsAbout(status, given));
  const sinceMs = span ? Math.max(span.firstMs, beginMs(given.job, given.pod)) : given.seenMs;
  if (sinceMs === undefined) return isOver(given.nowMs, given) ? refused : { kind: "note" };
  // While an image is pulled again, the container still shows its last failure.
  if (span && imageReasons.has(reason) && !stillFails(span, given.nowMs)) return wait;
  return isOver(sinceMs, given) ? refused : wait;
};

/** By default, the pod's beginning. */
export const blockedSinceMs = (status: ContainerStatus, given: Pick<Evidence, "job" | "pod" | "warnings">): number =>
  Math.max(spanOf(warningsAbout(status, given))?.firstMs ?? 0, beginMs(given.job, given.pod));

const warningsAbout = ({ name }: ContainerStatus, { warnings }: Pick<Evidence, "warnings">): KubernetesWarning[] =>
  warnings.filter(({ reason, container }) => containerWarnings.has(reason) && (container ?? name) === name);

/** Reasons of the kubelet's warnings about a container that it could not start (pkg/kubelet/events/event.go). */
const containerWarnings = new Set(["Failed", "InspectFailed", "ErrImageNeverPull", "BackOff"]);

const judgeSandbox = (given: Evidence): Judgement => {
  const found = sandboxFailureOf(given.pod, given.warnings, given.nowMs);
  return found && isOver(found.firstMs, given)
    ? { kind: "cannot-start", why: `${found.what}${quote([found.said])}` }
    : wait;
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
  const refused = unscheduledOf(pod);
  const what = kind === "no-pod" ? `Job ${job.metadata?.name} has no pod` : `pod ${pod?.metadata?.name} has no node`;
  const said = refused
    ? ` Kubernetes said: ${asSentence(oneLine(wordsOf(refused.reason, refused.message)))}`
    : quote(warnings);
  return `${what} ${startSeconds} s after its release (START_DEADLINE_SECONDS).${said}`;
};

/** plugin/pkg/admission/resourcequota/controller.go. It may stay full: the start deadline covers that. */
export const isFullQuota = ({ message }: KubernetesWarning): boolean => /exceeded quota: /.test(message);

const isOver = (sinceMs: number, limits: StartLimits): boolean => isPast(sinceMs, limits.graceSeconds, limits);

const isPast = (sinceMs: number, seconds: number, { nowMs }: Pick<StartLimits, "nowMs">): boolean =>
  nowMs - sinceMs >= seconds * 1000;

/** NaN: not released. */
const releasedMs = (job: Job): number => Date.parse(job.status?.startTime ?? "");

/** The earliest time of a blocker: the pod's beginning or the end of its last init container; without a pod, the Job's release. */
const beginMs = (job: Job, pod: Pod | undefined): number => {
  const ended = containersOfTask(job, pod).init.map(endOfContainer);
  const times = pod ? [pod.status?.startTime, pod.metadata?.creationTimestamp, ...ended] : [job.status?.startTime];
  return Math.max(0, ...times.map((time) => Date.parse(time ?? "") || 0));
};

const quote = (warnings: readonly KubernetesWarning[]): string => {
  const said = warnings.slice(-3).map((one) => cleanText(renderWarning(one)).trim());
  return said.length > 0 ? ` Kubernetes said: ${said.join(" | ")}` : "";
};
