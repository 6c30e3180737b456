// What is known of one task when its run is reported, read from its Job and pod; and how it reads in the finished event.
import { fetchContainerName } from "./files.ts";
import type { ContainerStatus, Job, Pod } from "./kubernetes.ts";
import { cleanText, type LogText, renderLog } from "./log-text.ts";
import { failureOf, phaseOf } from "./run-state.ts";

export interface TaskReport {
  readonly task: string;
  readonly passed: boolean;
  /** Why it did not pass, as one or more sentences. */
  readonly why?: string;
  /** The task ran to an end of its own: a failure is its result, not an error on the way there. */
  readonly ranToEnd: boolean;
  /** RFC 3339, of the Job. */
  readonly startedAt?: string;
  readonly endedAt?: string;
  readonly containers: readonly ContainerReport[];
  /** What the task's container wrote to KEPTN_RESULT, its termination message. */
  readonly result?: string;
}

export interface ContainerReport {
  readonly name: string;
  readonly pod: string;
  readonly init: boolean;
  readonly state: string;
  readonly failed: boolean;
  readonly log: LogText;
}

/** A container whose output belongs into the report. */
export interface ContainerToRead {
  readonly name: string;
  readonly pod: { readonly namespace: string; readonly name: string };
  readonly init: boolean;
  readonly status: ContainerStatus;
}

/**
 * The containers of a pod that have or had something to say, init containers first, by name and not by place (JES defect
 * 37). How files were fetched is left out where it went well: a line for each of a thousand is nothing for Keptn's Bridge.
 */
export const containersOf = (pod: Pod): ContainerToRead[] => {
  const ref = { namespace: pod.metadata?.namespace ?? "", name: pod.metadata?.name ?? "" };
  const of = (init: boolean, statuses: readonly ContainerStatus[] | undefined) =>
    (statuses ?? [])
      .filter(({ state }) => state?.terminated || state?.running)
      .filter(({ name, state }) => name !== fetchContainerName || state?.terminated?.exitCode !== 0)
      .map((status) => ({ name: status.name, pod: ref, init, status }));
  return [...of(true, pod.status?.initContainerStatuses), ...of(false, pod.status?.containerStatuses)];
};

export const reportContainer = (container: ContainerToRead, log: LogText): ContainerReport => ({
  name: container.name,
  pod: container.pod.name,
  init: container.init,
  state: describeState(container.status),
  failed: (container.status.state?.terminated?.exitCode ?? 0) !== 0,
  log: { head: cleanText(log.head), tail: cleanText(log.tail), cutBytes: log.cutBytes },
});

export interface TaskEnd {
  readonly task: string;
  readonly job: Job;
  /** Newest last. */
  readonly pods: readonly Pod[];
  readonly containers: readonly ContainerReport[];
  /** Kubernetes' warnings, oldest first, where no pod is left that could say why. */
  readonly said: readonly string[];
}

export const reportTask = ({ task, job, pods, containers, said }: TaskEnd): TaskReport => {
  const passed = phaseOf(job) === "succeeded";
  const pod = pods.at(-1);
  const main = pod?.status?.containerStatuses?.[0]?.state?.terminated;
  const endedAt = job.status?.completionTime ?? main?.finishedAt;
  return {
    task,
    passed,
    ranToEnd: passed || (main !== undefined && !deadlineOf(job, pod) && !endedFromOutside.has(main.reason ?? "")),
    ...(passed ? {} : { why: explainFailure(job, pod) + quoteWarning(said) }),
    ...(job.status?.startTime ? { startedAt: job.status.startTime } : {}),
    ...(endedAt ? { endedAt } : {}),
    containers,
    ...(main?.message ? { result: main.message } : {}),
  };
};

/** Reasons of a terminated container that are not the program's own doing (kubelet, containerd). */
const endedFromOutside = new Set([
  "OOMKilled",
  "StartError",
  "ContainerCannotRun",
  "ContainerStatusUnknown",
  "Evicted",
]);

const deadlineOf = (job: Job, pod: Pod | undefined): boolean =>
  pod?.status?.reason === "DeadlineExceeded" || failureOf(job)?.reason === "DeadlineExceeded";

/** @param pod the Job's newest one, where one is left */
export const explainFailure = (job: Job, pod: Pod | undefined): string => {
  if (deadlineOf(job, pod)) {
    const seconds = job.spec?.template.spec?.activeDeadlineSeconds ?? job.spec?.activeDeadlineSeconds;
    return `it was stopped at its deadline of ${seconds} s (maxPollDuration).${unscheduled(pod)}`;
  }
  if (pod?.status?.reason) return `${sentence(pod.status.reason, pod.status.message)}`;
  const failed = [...(pod?.status?.initContainerStatuses ?? []), ...(pod?.status?.containerStatuses ?? [])].find(
    ({ state }) => state?.terminated && state.terminated.exitCode !== 0,
  );
  if (failed) return explainContainer(failed);
  const failure = failureOf(job);
  return failure ? sentence(failure.reason, failure.message) : "it did not complete.";
};

const quoteWarning = (said: readonly string[]): string =>
  said.length > 0 ? ` Kubernetes said: ${cleanText(said.at(-1) ?? "").trim()}` : "";

/** fetch-files leaves its reason in the pod's status, as sentences for Keptn's user. */
const explainContainer = (failed: ContainerStatus): string => {
  const said = failed.name === fetchContainerName && failed.state?.terminated?.message?.trim();
  if (said) return `its files could not be fetched. ${cleanText(said)}`;
  return `container ${failed.name} ${describeState(failed)}.`;
};

const unscheduled = (pod: Pod | undefined): string => {
  const scheduled = pod?.status?.conditions?.find((c) => c.type === "PodScheduled" && c.status === "False");
  return scheduled ? ` Its pod was never scheduled: ${sentence(scheduled.reason, scheduled.message)}` : "";
};

const sentence = (reason: string | undefined, message: string | undefined): string =>
  [reason, message && cleanText(message).trim()].filter(Boolean).join(": ");

const describeState = (status: ContainerStatus): string => {
  const ended = status.state?.terminated;
  if (!ended)
    return status.state?.running ? "was still running" : `was waiting (${status.state?.waiting?.reason ?? "?"})`;
  const seconds = (Date.parse(ended.finishedAt ?? "") - Date.parse(ended.startedAt ?? "")) / 1000;
  const took = Number.isFinite(seconds) && seconds >= 0 ? ` after ${seconds} s` : "";
  if (ended.exitCode === 0) return `completed${took}`;
  const signal = ended.signal ? `, signal ${ended.signal}` : "";
  return `ended with exit code ${ended.exitCode}${signal} (${ended.reason ?? "Error"})${took}`;
};

/** In the form that JES's users know: a sentence for the task, then each container's output under its name. */
export const renderTask = (report: TaskReport): string => {
  const said = report.containers.filter(({ log }) => log.head !== "" || log.tail !== "");
  const verdict = report.passed
    ? `Task '${report.task}' finished successfully!`
    : `Task '${report.task}' failed: ${report.why ?? "unknown reason"}`;
  const logs = said.map((c) => `${containerTitle(c)}:\n${renderLog(c.log).replace(/\n*$/, "\n")}`);
  return logs.length > 0 ? `${verdict}\n\nLogs:\n${logs.join("\n")}` : `${verdict}\n`;
};

const containerTitle = (container: ContainerReport): string =>
  `${container.init ? "Init container" : "Container"} ${container.name} of pod ${container.pod} ${container.state}`;
