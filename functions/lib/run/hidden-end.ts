// The end of a task that its Job does not show because of a sidecar. It is found in the pod and noted on the Job, which is stopped.
import { annotation } from "../core/annotations/annotations.ts";
import type { OwnEnd } from "../core/annotations/own-end.ts";
import type { Job, Pod } from "../core/kubernetes.ts";
import { hiddenEndOf } from "../core/pod/sidecars.ts";
import { containersOf } from "../core/report/task-report.ts";
import type { RunState } from "../core/run/run-state.ts";
import { type LogText, shortenLog } from "../core/text/log-text.ts";
import { expireDeadline } from "./close-jobs.ts";
import { nowMs, type ReconcilePorts } from "./ports.ts";
import { readContainer } from "./read-task-reports.ts";

/** Limit for the output in the note, as JSON. Kubernetes limits all annotations of an object together to 256 KiB. */
const mostLogBytes = 16 * 1024;

/** @param pod the Job's newest pod @returns undefined when there is no hidden end */
export const findHiddenEnd = async (
  ports: ReconcilePorts,
  job: Job,
  pod: Pod | undefined,
): Promise<OwnEnd | undefined> => {
  const end = hiddenEndOf(job, pod, nowMs(ports));
  const log = end && (await readOwnLog(ports, job, pod));
  return end && log && { ...end, log };
};

/** @returns the output of the task's own container, as far as a note holds it */
export const readOwnLog = async (
  ports: ReconcilePorts,
  job: Job,
  pod: Pod | undefined,
): Promise<LogText | undefined> => {
  const own = pod && containersOf(pod).find(({ name }) => name === job.metadata?.name);
  return own && shortenLog((await readContainer(ports, own)).log, mostLogBytes);
};

/** Its pod is deleted, its TTL starts, and another version of finish-task sees a failed Job, not one that waits for its release. */
export const noteOwnEnd = async (
  ports: ReconcilePorts,
  run: RunState,
  { task, end }: { readonly task: number; readonly end: OwnEnd },
): Promise<void> => {
  const state = run.tasks[task];
  if (!state) return;
  const { exitCode, sidecars } = end;
  await expireDeadline(ports, run, state, {
    suspend: false,
    annotations: { [annotation.ownEnd]: JSON.stringify(end) },
    line: { message: "a task ended but its sidecar did not; stopped its Job", exitCode, sidecars },
  });
};
