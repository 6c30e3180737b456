// Explains why a released task does not run, from its pod's status and Kubernetes' warnings.
import type { ContainerStatus, Job, Pod } from "../kubernetes.ts";
import { refOf } from "../object-meta.ts";
import { describeEnd } from "../pod/explain-failure.ts";
import { type KubernetesWarning, renderWarning } from "../pod/kubernetes-warning.ts";
import { wordsOf } from "../pod/pod-end.ts";
import { lastingSidecarsOf, wayOutOf } from "../pod/sidecars.ts";
import { type StartBlocker, sandboxFailureOf, startBlockerOf } from "../pod/start-blocker.ts";
import { blockedSinceMs, isFullQuota } from "../pod/start-timeout.ts";
import { containersOfTask, endOfContainer, unscheduledOf } from "../pod/task-containers.ts";
import type { TaskState } from "../run/run-state.ts";
import { asSentence, oneLine } from "../text/log-text.ts";
import { type ClusterView, podsOf } from "./cluster-view.ts";
import type { Diagnosis, Question } from "./diagnosis.ts";
import { renderDuration, secondsSince } from "./duration.ts";
import { explainSweep, sweepSeconds } from "./sweep-timer.ts";

/** Normal delays of scheduler, kubelet and controllers. */
const patienceSeconds = 15;

export const diagnosePod = (task: TaskState, cluster: ClusterView): Diagnosis => {
  const { job, ref } = task;
  if (!cluster.pods || !job || cluster.podsUnread?.has(ref.namespace)) return {};
  const pod = podsOf(task, cluster).at(-1);
  const blocker = startBlockerOf(job, pod);
  const patient = { task: ref.task, job, pod };
  return blocker ? diagnoseStart(blocker, patient, cluster) : diagnoseSidecars(patient, cluster);
};

interface Patient {
  readonly task: string;
  readonly job: Job;
  readonly pod: Pod | undefined;
}

const diagnoseStart = (blocker: StartBlocker, { task, job, pod }: Patient, cluster: ClusterView): Diagnosis => {
  if (blocker.kind === "no-pod" || !pod) return diagnoseJob(job, cluster);
  if (blocker.kind === "container") return diagnoseContainer({ task, job, pod, stuck: blocker.status }, cluster);
  return blocker.kind === "no-node" ? diagnoseScheduling(task, pod, cluster) : diagnoseSandbox(task, pod, cluster);
};

/** The task has ended, but its pod has not. The next sweep continues anyway. */
const diagnoseSidecars = ({ task, job, pod }: Patient, { nowMs }: ClusterView): Diagnosis => {
  const { own } = containersOfTask(job, pod);
  const [ended, names] = [own?.state?.terminated, lastingSidecarsOf(job, pod)];
  const seconds = secondsSince(endOfContainer(own), nowMs) ?? 0;
  if (!ended || names.length === 0 || seconds < patienceSeconds) return {};
  const whose = names.length > 1 ? `containers ${names.join(", ")} run` : `container ${names[0]} runs`;
  return {
    why: `Task '${task}' has ended: its own container ${describeEnd(ended)}. But ${whose} on for ${renderDuration(seconds)}, and keeps its pod from ending.`,
    fix: `The sweep treats the task as ended and stops its Job. ${wayOutOf(names)}`,
  };
};

interface Stuck extends Patient {
  readonly pod: Pod;
  readonly stuck: ContainerStatus;
}

/** The problem disappears by itself, or the sweep ends the task, if there is a sweep. */
const diagnoseContainer = (given: Stuck, cluster: ClusterView): Diagnosis => {
  const { job, pod, stuck } = given;
  const graceSeconds = cluster.settings.START_GRACE_SECONDS;
  const sinceMs = blockedSinceMs(stuck, { job, pod, warnings: warningsOf(pod, cluster) ?? [] });
  const isLeft = cluster.nowMs - sinceMs > (graceSeconds + sweepSeconds) * 1000;
  const sweep = isLeft ? explainSweep(cluster) : { why: "", fix: reportedAfter(graceSeconds) };
  const fix = [fixesByReason[stuck.state?.waiting?.reason ?? ""], sweep.fix].filter(Boolean).join(" ");
  const { why, questions = [] } = withWarnings(renderStuck(given), fix, { about: pod, cluster });
  const asks = isLeft && cluster.timer === undefined ? [...questions, { about: "timer" } as const] : questions;
  return { why: `${why}${sweep.why}`, fix, ...(asks.length > 0 ? { questions: asks } : {}) };
};

const renderStuck = ({ task, pod, stuck }: Stuck): string => {
  const isInit = pod.status?.initContainerStatuses?.includes(stuck);
  const whose = `${isInit ? `init container ${stuck.name}, ` : ""}image ${stuck.image}`;
  const { reason, message } = stuck.state?.waiting ?? {};
  return `Task '${task}' cannot start (${whose}): ${asSentence(oneLine(wordsOf(reason, message)))}`;
};

const reportedAfter = (graceSeconds: number): string =>
  `The sweep reports it as errored after ${graceSeconds}s of this (START_GRACE_SECONDS).`;

const pull = "Check the image's name, and that the node can pull it (imagePullSecrets of the task's service account).";
const create = "Create the missing object, or correct the task's env in job/config.yaml.";

const fixesByReason: Readonly<Record<string, string>> = {
  ...{ ErrImagePull: pull, ImagePullBackOff: pull, RegistryUnavailable: pull, ErrImageNeverPull: pull },
  InvalidImageName: "Correct the image in job/config.yaml.",
  CreateContainerConfigError: create,
};

const diagnoseScheduling = (task: string, pod: Pod, { nowMs, settings }: ClusterView): Diagnosis => {
  const refused = unscheduledOf(pod);
  const seconds = secondsSince(pod.metadata?.creationTimestamp, nowMs) ?? 0;
  if (!refused || seconds < patienceSeconds) return {};
  const said = asSentence(oneLine(wordsOf(refused.reason, refused.message)));
  return {
    why: `Task '${task}' has no node for ${renderDuration(seconds)}. Kubernetes said: ${said}`,
    fix: `Free capacity, or request less in the task's resources. ${waitsUntil(settings)}`,
  };
};

const waitsUntil = ({ START_DEADLINE_SECONDS: seconds }: ClusterView["settings"]): string =>
  `The task waits for ${seconds}s (START_DEADLINE_SECONDS), then the sweep reports it as errored.`;

/** A missing volume or network shows only in warnings; otherwise it looks like a slow start. */
const diagnoseSandbox = (task: string, pod: Pod, cluster: ClusterView): Diagnosis => {
  if ((secondsSince(pod.status?.startTime, cluster.nowMs) ?? 0) < patienceSeconds) return {};
  const warnings = warningsOf(pod, cluster);
  if (!warnings) return { questions: [questionAbout(pod)] };
  const failure = sandboxFailureOf(pod, warnings, cluster.nowMs);
  if (!failure) return {};
  const fix = failure.what.startsWith("a volume")
    ? "Create the missing object."
    : "Correct the cause in that message: a limit of the task, or the node's network.";
  return {
    why: `Task '${task}' cannot start: ${failure.what} Kubernetes said: ${asSentence(oneLine(renderWarning(failure.said)))}`,
    fix: `${fix} ${reportedAfter(cluster.settings.START_GRACE_SECONDS)}`,
  };
};

/** The Job's pods are refused. */
const diagnoseJob = (job: Job, cluster: ClusterView): Diagnosis => {
  const seconds = secondsSince(job.status?.startTime, cluster.nowMs) ?? 0;
  if (seconds < patienceSeconds) return {};
  const why = `Kubernetes has created no pod for Job ${job.metadata?.namespace}/${job.metadata?.name} for ${renderDuration(seconds)}.`;
  const isFull = warningsOf(job, cluster)?.findLast(({ reason }) => reason === "FailedCreate");
  const fix =
    isFull && isFullQuota(isFull)
      ? `Raise the quota, or wait for other pods to end. ${waitsUntil(cluster.settings)}`
      : "Look for a quota, a missing service account or an admission rule that refuses the pod.";
  return withWarnings(why, fix, { about: job, cluster });
};

const withWarnings = (
  why: string,
  fix: string,
  { about, cluster }: { readonly about: Pod | Job; readonly cluster: ClusterView },
): { readonly why: string } & Diagnosis => {
  const said = warningsOf(about, cluster);
  if (!said) return { why, fix, questions: [questionAbout(about)] };
  const news = said
    .map(renderWarning)
    .map(oneLine)
    .filter((warning) => !isKnown(warning, why));
  return { why: news.length > 0 ? `${why} Kubernetes said: ${news.slice(-2).join(" | ")}.` : why, fix };
};

/** Warnings repeat the pod's message with a different prefix; `Failed: Error: ErrImagePull` adds nothing. */
const isKnown = (warning: string, why: string): boolean =>
  why.includes(warning.replace(/^\w+: /, "").slice(-60)) || /^Failed: Error: \w+$/.test(warning);

const warningsOf = ({ metadata }: Pod | Job, { warnings }: ClusterView): readonly KubernetesWarning[] | undefined =>
  warnings?.get(metadata?.uid ?? "");

const questionAbout = (object: Pod | Job): Question => ({ about: "object", ...refOf(object) });
