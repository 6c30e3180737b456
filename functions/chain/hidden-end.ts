// The end of a task that its Job does not show, because of a sidecar: found in its pod, and noted on its Job, which is stopped.
import type { Job, Pod } from "../core/kubernetes.ts";
import { shortenLog } from "../core/log-text.ts";
import { annotation } from "../core/marks.ts";
import { refOf } from "../core/object-meta.ts";
import type { OwnEnd } from "../core/own-end.ts";
import type { RunState } from "../core/run-state.ts";
import { hiddenEndOf } from "../core/sidecars.ts";
import { containersOf } from "../core/task-report.ts";
import { readContainer } from "./gather.ts";
import { aboutRun, type ChainPorts } from "./ports.ts";

/** Of the output that is kept with the note, as JSON: of all of an object's annotations Kubernetes keeps 256 KiB. */
export const mostLogBytes = 16 * 1024;

/** A deadline that has passed, in seconds since its release. */
export const stopped = 1;

/** @param pod the Job's newest one @returns undefined when there is none */
export const findHiddenEnd = async (ports: ChainPorts, job: Job, pod: Pod | undefined): Promise<OwnEnd | undefined> => {
  const end = hiddenEndOf(job, pod, ports.clock.now().getTime());
  const own = pod && end && containersOf(pod).find(({ name }) => name === job.metadata?.name);
  if (!end || !own) return undefined;
  const { log } = await readContainer(ports, own);
  return { ...end, log: shortenLog(log, mostLogBytes) };
};

/**
 * The Job is stopped with the same request, by a deadline that has passed: so its pod goes, it counts as ended for its TTL, and another
 * version of finish-task takes it for failed, not for one that waits to be released. That deadline is also the guard: whoever comes
 * second, and may have found less of the output, changes nothing.
 */
export const noteOwnEnd = async (
  ports: ChainPorts,
  run: RunState,
  { task, end }: { readonly task: number; readonly end: OwnEnd },
): Promise<void> => {
  const { job, link } = run.tasks[task] ?? {};
  if (!job || !link) return;
  const answer = await ports.jobs.patch(refOf(job), {
    expect: { suspend: false, activeDeadlineSeconds: job.spec?.activeDeadlineSeconds ?? stopped },
    annotations: { [annotation.ownEnd]: JSON.stringify(end) },
    activeDeadlineSeconds: stopped,
  });
  const { exitCode, sidecars } = end;
  const message = "a task has ended, and a sidecar has not; its Job is stopped";
  ports.log({ level: "info", message, task: link.task, job: link.name, exitCode, sidecars, answer, ...aboutRun(run) });
};
