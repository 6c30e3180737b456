// The report of one task, read from its Job and pods, and its text in the finished event.
import { type OwnEnd, ownEndNoted } from "../annotations/own-end.ts";
import { stoppedNoted } from "../annotations/stopped.ts";
import { fetchContainerName } from "../files/fetch-order.ts";
import type { ContainerStatus, Job, Pod } from "../kubernetes.ts";
import { describeEnd, describeState, explainFailure } from "../pod/explain-failure.ts";
import { ownEndOf, type Terminated } from "../pod/pod-end.ts";
import { isRetried } from "../pod/retried.ts";
import { explainSidecars } from "../pod/sidecars.ts";
import { containersOfTask, endOfContainer, hasStarted } from "../pod/task-containers.ts";
import { explainTries } from "../pod/tries.ts";
import type { OnError } from "../run/graph.ts";
import { phaseOf } from "../run/run-state.ts";
import { asSentence, cleanText, endLine, type LogText, renderLog } from "../text/log-text.ts";

export interface TaskReport {
  readonly task: string;
  readonly passed: boolean;
  /** Why it did not pass, as one or more sentences. */
  readonly why?: string;
  /** Useful information apart from a failure, as sentences. */
  readonly note?: string;
  /** In a graph: why it never ran, as a sentence. */
  readonly skipped?: string;
  /** In a graph: its failure is only a warning, or does not count. */
  readonly onError?: OnError;
  /** The task ended by itself: a failure is its result, not an error. */
  readonly ranToEnd: boolean;
  /** RFC 3339: its release, and the end of its Job, or of its own container if there are sidecars. */
  readonly startedAt?: string;
  readonly endedAt?: string;
  readonly containers: readonly ContainerReport[];
  /** Content of KEPTN_RESULT, the termination message of the task's container. */
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

/** A container whose output belongs in the report. */
export interface ContainerToRead {
  readonly name: string;
  readonly pod: { readonly namespace: string; readonly name: string };
  readonly init: boolean;
  readonly status: ContainerStatus;
}

/**
 * The containers of a pod that started, init containers first, matched by name, not position (JES defect 37). A successful fetch-files
 * is left out: a line for each of a thousand files does not belong in Keptn's Bridge.
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

/** The noted output of the task's own container, if its pod is gone. @param read output that could be read */
export const notedOutput = (job: Job, read: readonly ContainerReport[]): ContainerReport[] => {
  const [noted, stopped, name] = [ownEndNoted(job), stoppedNoted(job), job.metadata?.name ?? ""];
  const log = noted?.log ?? stopped?.log;
  if (!log || read.some((container) => container.name === name)) return [];
  const state = noted ? describeEnd(noted) : "was stopped";
  return [{ name, pod: "that was stopped", init: false, state, failed: noted?.exitCode !== 0, log }];
};

/** Whether the task's own container has not ended: Kubernetes' warnings may explain why. */
export const neverBegan = (job: Job, pod: Pod): boolean => !containersOfTask(job, pod).own?.state?.terminated;

export interface TaskEnd {
  readonly task: string;
  readonly job: Job;
  /** Newest last. */
  readonly pods: readonly Pod[];
  readonly containers: readonly ContainerReport[];
  /** Kubernetes' warnings, oldest first, if no pod is left to show the reason. */
  readonly said: readonly string[];
  /** Why its pods could not be listed. */
  readonly unread?: string;
}

export const reportTask = ({ task, job, pods, containers, said, unread }: TaskEnd): TaskReport => {
  const passed = phaseOf(job) === "succeeded";
  const pod = pods.at(-1);
  const noted = ownEndNoted(job);
  const { own } = containersOfTask(job, pod);
  const end = noted ?? own?.state?.terminated;
  const endedAt = endTimeOf(job, pod, end);
  const note = [...explainTries(job, pods), noteOf(noted, job, unread)].filter(Boolean).join(" ");
  const ofLastTry = isRetried(job) && pods.length > 1 ? pod?.status?.startTime : undefined;
  const startedAt = ofLastTry ?? job.status?.startTime;
  const stopped = stoppedNoted(job);
  return {
    task,
    passed,
    ranToEnd: passed || (stopped ? stopped.because === "fail-fast" : isOfItsOwn(noted ?? ownEndOf(job, pod))),
    ...(passed ? {} : { why: explainFailure(job, pod, unread !== undefined) + quoteWarning(said) }),
    ...(note ? { note } : {}),
    ...(startedAt ? { startedAt } : {}),
    ...(endedAt ? { endedAt } : {}),
    containers,
    ...resultIn(end),
  };
};

/**
 * A task's KEPTN_RESULT, from its note or its remaining pods. For a succeeded task only a pod that succeeded counts: with retries, only
 * failed ones may be left.
 * @param pods newest last
 */
export const resultWritten = (job: Job, pods: readonly Pod[]): string | undefined => {
  const ends = pods.map((pod) => containersOfTask(job, pod).own?.state?.terminated);
  const passed = phaseOf(job) === "succeeded";
  return resultIn(ownEndNoted(job) ?? (passed ? ends.findLast((end) => end?.exitCode === 0) : ends.at(-1))).result;
};

const resultIn = (end: Terminated | undefined): Pick<TaskReport, "result"> =>
  end?.message && wroteIt(end) ? { result: end.message } : {};

const noteOf = (noted: OwnEnd | undefined, { metadata }: Job, unread: string | undefined): string => {
  const why = unread && asSentence(cleanText(unread).trim());
  const right = `finish-task needs permission to list pods in namespace ${metadata?.namespace}.`;
  const lost = why ? `Its pods could not be read: ${why} ${right}` : "";
  return [noted && explainSidecars(noted), lost].filter(Boolean).join(" ");
};

const stateOf = (terminated: Terminated) => ({ state: { terminated } });

/** With sidecars, the Job's end is later than the task's. */
const endTimeOf = (job: Job, pod: Pod | undefined, end: Terminated | undefined): string | undefined => {
  const [ofJob, own] = [job.status?.completionTime, end && endOfContainer(stateOf(end))];
  const hasSidecars = ownEndNoted(job) || containersOfTask(job, pod).plainSidecars.length > 0;
  return hasSidecars ? (own ?? ofJob) : (ofJob ?? own);
};

/** Whether the exit code is the program's own. */
const isOfItsOwn = (end: Terminated | undefined): boolean =>
  end !== undefined && hasStarted(stateOf(end)) && !endedFromOutside.has(end.reason ?? "");

/** Whether the task wrote the message, not the kubelet or the container runtime. */
const wroteIt = (end: Terminated): boolean => hasStarted(stateOf(end)) && end.reason !== "ContainerStatusUnknown";

/** Reasons of a terminated container that the program did not cause (kubelet, containerd). */
const endedFromOutside = new Set(["OOMKilled", "ContainerStatusUnknown", "Evicted"]);

const quoteWarning = (said: readonly string[]): string =>
  said.length > 0 ? ` Kubernetes said: ${cleanText(said.at(-1) ?? "").trim()}` : "";

/** In JES's format: a sentence for the task, then the output of each container under its name. */
export const renderTask = (report: TaskReport): string => {
  const said = report.containers.filter(({ log }) => log.head !== "" || log.tail !== "");
  const verdict = `Task '${report.task}' ${verdictOf(report)}`;
  const logs = said.map((c) => `${containerTitle(c)}:\n${endLine(renderLog(c.log))}`);
  const head = report.note ? `${verdict}\n${report.note}` : verdict;
  return logs.length > 0 ? `${head}\n\nLogs:\n${logs.join("\n")}` : `${head}\n`;
};

const verdictOf = ({ passed, why = "unknown reason", skipped, onError }: TaskReport): string => {
  if (skipped !== undefined) return `did not run: ${skipped}`;
  if (passed) return "finished successfully!";
  return `${sayFailed(onError)}: ${why}`;
};

/** Continued by a colon and the reason. */
export const sayFailed = (onError: OnError | undefined): string =>
  onError ? `failed, which ${onError === "warn" ? "is only a warning" : "does not count"} (onError)` : "failed";

const containerTitle = (container: ContainerReport): string =>
  `${container.init ? "Init container" : "Container"} ${container.name} of pod ${container.pod} ${container.state}`;
