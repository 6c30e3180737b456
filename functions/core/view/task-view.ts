// A task as people look at it: where it stands, and what it spent its time on.
import type { Job, Pod } from "../kubernetes.ts";
import { failureOf, type TaskState } from "../run-state.ts";
import { stuckContainerOf } from "../start-problem.ts";
import { explainFailure } from "../task-report.ts";

export type TaskWord =
  /** Its turn has not come. */
  | "waiting"
  /** Released; no container of it has started. */
  | "starting"
  /** Its init container is at work: it fetches the task's files. */
  | "init"
  | "running"
  | "passed"
  | "failed"
  /** Kubernetes cannot start one of its containers. */
  | "cannot-start"
  /** Somebody deleted its Job. */
  | "deleted"
  /** It has no Job: not created yet, or let go because it never ran. */
  | "missing";

export interface TaskView {
  readonly name: string;
  readonly state: TaskWord;
  readonly namespace: string;
  readonly job: string;
  /** Its newest pod, where one is known. */
  readonly pod?: string;
  readonly image?: string;
  readonly deadlineSeconds?: number;
  readonly phases: readonly Phase[];
  /** Why it failed, where its pod is known. */
  readonly why?: string;
}

/** Times are RFC 3339. Without an end it lasts. */
export interface Phase {
  readonly phase: "waiting" | "starting" | "init" | "running";
  readonly from: string;
  readonly until?: string;
}

/** @param pods those of this task that are known, newest last */
export const viewTask = ({ link, phase, job }: TaskState, pods: readonly Pod[]): TaskView => {
  const pod = pods.at(-1);
  const container = job?.spec?.template.spec?.containers[0];
  const deadlineSeconds = job?.spec?.template.spec?.activeDeadlineSeconds;
  return {
    name: link.task,
    state: wordOf(phase, job, pod),
    namespace: link.namespace,
    job: link.name,
    ...(pod?.metadata?.name ? { pod: pod.metadata.name } : {}),
    ...(container?.image ? { image: container.image } : {}),
    ...(deadlineSeconds === undefined ? {} : { deadlineSeconds }),
    phases: job ? phasesOf(job, pod) : [],
    ...(phase === "failed" && job && pod ? { why: explainFailure(job, pod) } : {}),
  };
};

const wordOf = (phase: TaskState["phase"], job: Job | undefined, pod: Pod | undefined): TaskWord => {
  if (phase === "succeeded") return "passed";
  if (phase !== "running") return phase;
  if (!pod) return job?.status?.ready ? "running" : "starting";
  if (stuckContainerOf(pod)) return "cannot-start";
  const { init, main } = timesOf(pod);
  return main ? "running" : init ? "init" : "starting";
};

/** In their order; each begins where the one before it ended. */
const phasesOf = (job: Job, pod: Pod | undefined): Phase[] => {
  const created = job.metadata?.creationTimestamp;
  const released = job.spec?.suspend ? undefined : job.status?.startTime;
  const { init, main, ended } = pod ? timesOf(pod) : {};
  const end = endOf(job) ?? ended;
  // Of a pod that is not known it is not known either when it started: all of the time counts as running.
  const alone = !pod && (end !== undefined || (job.status?.ready ?? 0) > 0);
  const begun: readonly [Phase["phase"], string | undefined][] = [
    ["waiting", created],
    ["starting", alone ? undefined : released],
    ["init", init],
    ["running", alone ? released : main],
  ];
  const known = begun.flatMap(([phase, from]) => (from ? [{ phase, from }] : []));
  return known.map((one, index) => {
    const until = known[index + 1]?.from ?? (one.phase === "running" ? (ended ?? end) : end);
    return until === undefined ? one : { ...one, until };
  });
};

/** Since when its containers run, and until when the task's own did. */
const timesOf = ({ status }: Pod) => {
  const startOf = (state: State | undefined) => realTime(state?.running?.startedAt ?? state?.terminated?.startedAt);
  const first = status?.initContainerStatuses?.map(({ state }) => startOf(state)).find(Boolean);
  const own = status?.containerStatuses?.[0]?.state;
  return { init: first, main: startOf(own), ended: realTime(own?.terminated?.finishedAt) };
};

/** A container that never started has 1970 there (kubelet, containerd). */
const realTime = (time: string | undefined): string | undefined => (time && Date.parse(time) > 0 ? time : undefined);

type State = NonNullable<NonNullable<NonNullable<Pod["status"]>["containerStatuses"]>[number]["state"]>;

/** When its Job was over, one way or another. */
export const endOf = (job: Job): string | undefined =>
  job.status?.completionTime ?? failureOf(job)?.lastTransitionTime ?? successOf(job) ?? job.metadata?.deletionTimestamp;

/** A moment before its completionTime is there. */
const successOf = (job: Job): string | undefined =>
  job.status?.conditions?.find(({ type, status }) => type === "SuccessCriteriaMet" && status === "True")
    ?.lastTransitionTime;
