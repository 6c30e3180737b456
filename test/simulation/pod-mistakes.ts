// Deliberate mistakes about pods: sidecars, evictions, and what comes late.
import { type Mistake, mistake } from "./mistake.ts";

export const podMistakes: readonly Mistake[] = [
  mistake(
    "takes the first container of a pod for the task's own",
    "lib/core/pod/task-containers.ts",
    "containerStatuses.find(({ name }) => name === job.metadata?.name)",
    "containerStatuses[job.metadata ? 0 : 1]",
  ),
  mistake(
    "takes a Job that failed for a task that failed",
    "lib/run/check-failures.ts",
    "if (!task?.job || ownEndNoted(task.job)) return undefined;",
    "if (!task?.job || task.job.metadata || ownEndNoted(task.job)) return undefined;",
  ),
  mistake(
    "does not note a failure whose pods it may not list",
    "lib/run/check-failures.ts",
    "if (unread === undefined) return findHiddenEnd(ports, task.job, pods.at(-1));",
    "if (unread === undefined || task.job.metadata) return findHiddenEnd(ports, task.job, pods.at(-1));",
    ["forbidden", "sidecarFails", "sidecarLasts", "crashesBefore"],
  ),
  mistake(
    "stops a Job for its sidecar and notes nothing",
    "lib/run/hidden-end.ts",
    "annotations: { [annotation.ownEnd]: JSON.stringify(end) },",
    "annotations: end.exitCode > 999 ? { [annotation.ownEnd]: JSON.stringify(end) } : {},",
  ),
  {
    name: "takes an eviction for the task's own end",
    edits: [
      {
        file: "lib/core/pod/pod-end.ts",
        from: 'status }) => type === "DisruptionTarget"',
        to: 'status }) => type === "Disruption"',
      },
      {
        file: "lib/core/pod/pod-end.ts",
        from: 'failure?.reason === "PodFailurePolicy"',
        to: 'failure?.reason === "Disruption"',
      },
    ],
  },
  {
    name: "gives up what failed to mount once",
    edits: [
      {
        file: "lib/core/pod/start-blocker.ts",
        from: "|| hasSandbox(pod)",
        to: "|| (hasSandbox(pod) && pod.spec !== undefined)",
      },
      { file: "lib/core/pod/start-blocker.ts", from: "!span || !stillFails(span, nowMs)", to: "!span || nowMs < 0" },
    ],
  },
  {
    ...mistake("gives a task with retries one pod", "lib/core/job/retry.ts", "given?.limit ?? 0", "given ? 0 : 0"),
    only: ["retried"],
  },
  {
    ...mistake(
      "counts a pod that was taken away, although its task has retries",
      "lib/core/job/retry.ts",
      '{ action: "Ignore", onPodConditions: disrupted }',
      '{ action: "FailJob", onPodConditions: disrupted }',
    ),
    only: ["retried"],
  },
  mistake(
    "gives up what waits for a full quota",
    "lib/core/pod/start-timeout.ts",
    "if (!last || isFullQuota(last)) return wait;",
    "if (!last) return wait;",
  ),
  mistake(
    "counts the grace time of an image from the pod's beginning",
    "lib/core/pod/start-timeout.ts",
    "span ? Math.max(span.firstMs, beginMs(given.job, given.pod)) : given.seenMs",
    "span ? beginMs(given.job, given.pod) : given.seenMs",
  ),
];
