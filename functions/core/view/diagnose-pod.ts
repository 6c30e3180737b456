// Why a task that was released does not run: what its pod says, and what Kubernetes warned of.
import type { ContainerStatus, Job, Pod } from "../kubernetes.ts";
import { oneLine } from "../log-text.ts";
import type { TaskState } from "../run-state.ts";
import { isOverdue, lacksPods, stuckContainerOf } from "../start-problem.ts";
import type { Diagnosis, Question } from "./diagnose.ts";
import { renderDuration, secondsSince } from "./duration.ts";
import { podsOf, type Sight } from "./sight.ts";
import { explainSweep, sweepSeconds } from "./sweep-timer.ts";

/** So long a scheduler, a kubelet and a controller may take without anything being wrong. */
const patienceSeconds = 15;

export const diagnosePod = (task: TaskState, sight: Sight): Diagnosis => {
  if (!sight.pods || !task.job) return {};
  const pods = podsOf(task, sight);
  const pod = pods.at(-1);
  if (!pod) return diagnoseJob(task.job, sight);
  const stuck = stuckContainerOf(pod);
  if (stuck) return diagnoseTrouble({ task: task.link.task, pod, stuck }, sight);
  return diagnoseScheduling(task, pod, sight) ?? diagnoseVolumes(task, pod, sight);
};

interface Trouble {
  readonly task: string;
  readonly pod: Pod;
  readonly stuck: ContainerStatus;
}

/** It heals by itself, or the sweep ends it: unless there is none. */
const diagnoseTrouble = (trouble: Trouble, sight: Sight): Diagnosis => {
  const { pod, stuck } = trouble;
  const graceSeconds = sight.settings.START_GRACE_SECONDS;
  const lastsSeconds = secondsSince(pod.status?.startTime ?? pod.metadata?.creationTimestamp, sight.nowMs) ?? 0;
  const isLeft = lastsSeconds > graceSeconds + sweepSeconds;
  const sweep = isLeft ? explainSweep(sight) : { why: "", fix: reportedAfter(graceSeconds) };
  const fix = [fixesByReason[stuck.state?.waiting?.reason ?? ""], sweep.fix].filter(Boolean).join(" ");
  const { why, ask = [] } = withWarnings(renderTrouble(trouble), fix, { about: pod, sight });
  const asks = isLeft && sight.timer === undefined ? [...ask, { about: "timer" } as const] : ask;
  return { why: `${why}${sweep.why}`, fix, ...(asks.length > 0 ? { ask: asks } : {}) };
};

const renderTrouble = ({ task, pod, stuck }: Trouble): string => {
  const { reason, message } = stuck.state?.waiting ?? {};
  const isInit = pod.status?.initContainerStatuses?.includes(stuck);
  const whose = `${isInit ? `init container ${stuck.name}, ` : ""}image ${stuck.image}`;
  const said = [reason, message && oneLine(message)].filter(Boolean).join(": ");
  return `Task '${task}' cannot start (${whose}): ${said.replace(/\.?$/, ".")}`;
};

const reportedAfter = (graceSeconds: number): string =>
  `The sweep reports it as errored once this has lasted ${graceSeconds}s (START_GRACE_SECONDS).`;

const pull = "Check the image's name, and that the node can pull it (imagePullSecrets of the task's service account).";
const create = "Create what it names, or correct the task's env in job/config.yaml.";

const fixesByReason: Readonly<Record<string, string>> = {
  ...{ ErrImagePull: pull, ImagePullBackOff: pull, RegistryUnavailable: pull, ErrImageNeverPull: pull },
  InvalidImageName: "Correct the image in job/config.yaml.",
  CreateContainerConfigError: create,
};

const diagnoseScheduling = ({ job, link }: TaskState, pod: Pod, { nowMs }: Sight): Diagnosis | undefined => {
  const refused = pod.status?.conditions?.find(({ type, status }) => type === "PodScheduled" && status === "False");
  const seconds = secondsSince(pod.metadata?.creationTimestamp, nowMs) ?? 0;
  if (!refused || seconds < patienceSeconds) return undefined;
  const said = [refused.reason, refused.message && oneLine(refused.message)].filter(Boolean).join(": ");
  const deadline = job?.spec?.template.spec?.activeDeadlineSeconds;
  return {
    why: `Task '${link.task}' has no node for ${renderDuration(seconds)}. Kubernetes said: ${said.replace(/\.?$/, ".")}`,
    fix: `Make room, or ask for less in the task's resources. It waits until its deadline${deadline ? ` of ${deadline}s` : ""}.`,
  };
};

/** A volume that is missing shows in warnings only; a large image that is being pulled looks the same else. */
const diagnoseVolumes = ({ link }: TaskState, pod: Pod, sight: Sight): Diagnosis => {
  if (!isOverdue(pod, { nowMs: sight.nowMs, graceSeconds: patienceSeconds })) return {};
  const said = warningsOf(pod, sight);
  const mount = said?.findLast((warning) => warning.startsWith("FailedMount"));
  if (!mount) return said ? {} : { ask: [questionAbout(pod)] };
  return {
    why: `Task '${link.task}' cannot start: a volume of pod ${pod.metadata?.name} is not there. Kubernetes said: ${oneLine(mount)}.`,
    fix: `Create what it names. ${reportedAfter(sight.settings.START_GRACE_SECONDS)}`,
  };
};

/** Something refuses its pods. */
const diagnoseJob = (job: Job, sight: Sight): Diagnosis => {
  if (hadPod(job) || !lacksPods(job, [], { nowMs: sight.nowMs, graceSeconds: patienceSeconds })) return {};
  const seconds = secondsSince(job.status?.startTime, sight.nowMs) ?? 0;
  const why = `Kubernetes has created no pod for Job ${job.metadata?.namespace}/${job.metadata?.name} for ${renderDuration(seconds)}.`;
  const fix = "Look for a quota, a missing service account or an admission rule that refuses its pod.";
  return withWarnings(why, fix, { about: job, sight });
};

/** One that has just ended is not among the pods that run, and its Job may not say yet that it is over. */
const hadPod = ({ status = {} }: Job): boolean => {
  const { active, succeeded, failed, terminating, uncountedTerminatedPods: uncounted } = status;
  return Boolean(
    active || succeeded || failed || terminating || uncounted?.succeeded?.length || uncounted?.failed?.length,
  );
};

const withWarnings = (
  why: string,
  fix: string,
  { about, sight }: { readonly about: Pod | Job; readonly sight: Sight },
): { readonly why: string } & Diagnosis => {
  const said = warningsOf(about, sight);
  if (!said) return { why, fix, ask: [questionAbout(about)] };
  const news = said.map(oneLine).filter((warning) => !isKnown(warning, why));
  return { why: news.length > 0 ? `${why} Kubernetes said: ${news.slice(-2).join(" | ")}.` : why, fix };
};

/** Warnings repeat what the pod says, with other words before it; `Failed: Error: ErrImagePull` says even less. */
const isKnown = (warning: string, why: string): boolean =>
  why.includes(warning.replace(/^\w+: /, "").slice(-60)) || /^Failed: Error: \w+$/.test(warning);

const warningsOf = ({ metadata }: Pod | Job, { warnings }: Sight) => warnings?.get(metadata?.uid ?? "");

const questionAbout = ({ metadata }: Pod | Job): Question => ({
  about: "object",
  namespace: metadata?.namespace ?? "",
  name: metadata?.name ?? "",
  uid: metadata?.uid ?? "",
});
