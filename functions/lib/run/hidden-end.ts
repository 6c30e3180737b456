// The end of a task that its Job does not show because of a sidecar. It is found in the pod and noted on the Job, which is stopped.
import { annotation } from "../core/annotations/annotations.ts";
import type { OwnEnd } from "../core/annotations/own-end.ts";
import { expiredDeadlineSeconds } from "../core/job/deadlines.ts";
import type { Job, Pod } from "../core/kubernetes.ts";
import { refOf } from "../core/object-meta.ts";
import { hiddenEndOf } from "../core/pod/sidecars.ts";
import { containersOf } from "../core/report/task-report.ts";
import type { RunState } from "../core/run/run-state.ts";
import { shortenLog } from "../core/text/log-text.ts";
import { aboutRun, type ReconcilePorts } from "./ports.ts";
import { readContainer } from "./read-task-reports.ts";

/** Limit for the output in the note, as JSON. Kubernetes limits all annotations of an object together to 256 KiB. */
export const mostLogBytes = 16 * 1024;

/** @param pod the Job's newest pod @returns undefined when there is no hidden end */
export const findHiddenEnd = async (
  ports: ReconcilePorts,
  job: Job,
  pod: Pod | undefined,
): Promise<OwnEnd | undefined> => {
  const end = hiddenEndOf(job, pod, ports.clock.now().getTime());
  const own = pod && end && containersOf(pod).find(({ name }) => name === job.metadata?.name);
  if (!end || !own) return undefined;
  const { log } = await readContainer(ports, own);
  return { ...end, log: shortenLog(log, mostLogBytes) };
};

/**
 * The same request stops the Job by an expired deadline: its pod is deleted, its TTL starts, and another version of finish-task sees a
 * failed Job, not one that waits for its release. The deadline also guards the note: a second delivery, which may have found less
 * output, changes nothing.
 */
export const noteOwnEnd = async (
  ports: ReconcilePorts,
  run: RunState,
  { task, end }: { readonly task: number; readonly end: OwnEnd },
): Promise<void> => {
  const { job, ref } = run.tasks[task] ?? {};
  if (!job || !ref) return;
  const answer = await ports.jobs.patch(refOf(job), {
    expect: { suspend: false, activeDeadlineSeconds: job.spec?.activeDeadlineSeconds ?? expiredDeadlineSeconds },
    annotations: { [annotation.ownEnd]: JSON.stringify(end) },
    activeDeadlineSeconds: expiredDeadlineSeconds,
  });
  const { exitCode, sidecars } = end;
  const message = "a task ended but its sidecar did not; stopped its Job";
  ports.log({ level: "info", message, task: ref.task, job: ref.name, exitCode, sidecars, answer, ...aboutRun(run) });
};
