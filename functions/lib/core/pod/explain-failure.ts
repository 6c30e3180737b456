// Explains why a task did not pass, in Kubernetes' words if there are any.
import { ownEndNoted } from "../annotations/own-end.ts";
import { type Stopped, stoppedNoted } from "../annotations/stopped.ts";
import { fetchContainerName } from "../files/fetch-order.ts";
import { endSeconds } from "../job/deadlines.ts";
import type { ContainerStatus, Job, Pod } from "../kubernetes.ts";
import { failureOf } from "../run/run-state.ts";
import { asSentence, cleanText } from "../text/log-text.ts";
import { cutOf, deadlineSecondsOf, ownEndOf, type Terminated, wordsOf } from "./pod-end.ts";
import { isRetried } from "./retried.ts";
import { containersOfTask, hasStarted, unscheduledOf } from "./task-containers.ts";

/**
 * @param pod the Job's newest pod; undefined: none is left
 * @param unread its pods could not be listed
 * @returns sentences
 */
export const explainFailure = (job: Job, pod: Pod | undefined, unread = false): string => {
  const name = job.metadata?.name ?? "";
  const noted = ownEndNoted(job);
  if (noted) return explainEnd(name, noted);
  const stopped = stoppedNoted(job);
  if (stopped) return `${beginnings[stopped.because]}${stopped.why}`;
  const { own, init, plainSidecars } = containersOfTask(job, pod);
  const ownEnd = ownEndOf(job, pod);
  if (ownEnd && ownEnd.exitCode !== 0) return explainEnd(name, ownEnd);
  const cut = cutOf(job, pod);
  if (cut?.kind === "deadline")
    return `it was stopped at its deadline of ${deadlineSecondsOf(job)} s (maxPollDuration).${notStarted(pod, own)}`;
  if (cut?.kind === "job-deadline") return explainJobDeadline(job, pod, own);
  if (cut) return cut.kind === "taken" ? `Kubernetes removed its pod: ${asSentence(cut.words)}` : asSentence(cut.words);
  // Once the task's own container has started, its init containers were done.
  const failed = [...init, ...plainSidecars].find(({ state }) => state?.terminated && state.terminated.exitCode !== 0);
  if (failed) return explainContainer(failed);
  const failure = failureOf(job);
  if (!failure) return "it did not complete.";
  const words = wordsOf(failure.reason, failure.message);
  return pod || unread ? words : `its pod is gone: someone or something deleted it (${words}).`;
};

const beginnings = {
  "cannot-start": "it could not start: ",
  "fail-fast": "it was stopped: ",
  deleted: "it did not end: ",
  unread: "",
} as const satisfies Record<Stopped["because"], string>;

/** For a Job whose pods were deleted at the Job's deadline, which is later than the pod's: see makeJob. */
const explainJobDeadline = ({ spec }: Job, pod: Pod | undefined, own: ContainerStatus | undefined): string => {
  const task = spec?.template.spec?.activeDeadlineSeconds ?? 0;
  const job = spec?.activeDeadlineSeconds ?? task;
  if (spec && isRetried({ spec })) return `it was stopped ${job} s after its release, the limit for all of its tries.`;
  const start = job - task - endSeconds;
  const parts =
    start > 0
      ? `: ${start} s for its pod to get a node (START_DEADLINE_SECONDS), ${task} s for itself (maxPollDuration), and ${endSeconds} s to end`
      : " (maxPollDuration)";
  const unknown = hasStarted(own) ? "" : " Its container apparently never started.";
  return `it was stopped ${job} s after its release${parts}.${notStarted(pod, own) || unknown}`;
};

/** What a pod was waiting for that never started the task. */
const notStarted = (pod: Pod | undefined, own: ContainerStatus | undefined): string => {
  if (!pod || hasStarted(own)) return "";
  const scheduled = unscheduledOf(pod);
  if (scheduled) return ` Its pod was never scheduled: ${asSentence(wordsOf(scheduled.reason, scheduled.message))}`;
  const { reason, message } = own?.state?.waiting ?? {};
  return ` Its container never started${reason ? ` (${wordsOf(reason, message)})` : ""}.`;
};

/** fetch-files writes its reason to the pod's status, as sentences for Keptn's user. */
const explainContainer = (failed: ContainerStatus): string => {
  const said = failed.name === fetchContainerName && failed.state?.terminated?.message?.trim();
  if (said) return `its files could not be fetched. ${cleanText(said)}`;
  return explainEnd(failed.name, failed.state?.terminated ?? { exitCode: 0 });
};

/** If a program could not be executed, the container runtime's message is the only information. */
const explainEnd = (name: string, end: Terminated): string => {
  const said = cleanText(end.message ?? "").trim();
  if (!hasStarted({ state: { terminated: end } }) && said)
    return `container ${name} could not start: ${said} (exit code ${end.exitCode}, ${end.reason ?? "Error"}).`;
  return `container ${name} ${describeEnd(end)}.`;
};

export const describeState = (status: ContainerStatus): string => {
  const { running, terminated, waiting } = status.state ?? {};
  if (terminated) return describeEnd(terminated);
  return running ? "was still running" : `was waiting (${waiting?.reason ?? "?"})`;
};

export const describeEnd = (ended: Terminated): string => {
  const took = durationOf(ended);
  if (ended.exitCode === 0) return `completed${took}`;
  const signal = ended.signal ? `, signal ${ended.signal}` : "";
  return `ended with exit code ${ended.exitCode}${signal} (${ended.reason ?? "Error"})${took}`;
};

/** Empty for a container that never started: its start is in 1970. */
const durationOf = (ended: Terminated): string => {
  if (!hasStarted({ state: { terminated: ended } })) return "";
  const seconds = (Date.parse(ended.finishedAt ?? "") - Date.parse(ended.startedAt ?? "")) / 1000;
  return Number.isFinite(seconds) && seconds >= 0 ? ` after ${seconds} s` : "";
};
