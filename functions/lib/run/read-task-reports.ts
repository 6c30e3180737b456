// Reads the pods of a run: containers, output and results.
import type { TaskRef } from "../core/annotations/annotations.ts";
import { ownEndNoted } from "../core/annotations/own-end.ts";
import type { Job, Pod } from "../core/kubernetes.ts";
import { refOf } from "../core/object-meta.ts";
import { renderWarning } from "../core/pod/kubernetes-warning.ts";
import { isRetried } from "../core/pod/retried.ts";
import { whySkipped } from "../core/report/graph-report.ts";
import type { TaskResult } from "../core/report/result.ts";
import {
  type ContainerReport,
  type ContainerToRead,
  containersOf,
  neverBegan,
  notedOutput,
  reportContainer,
  reportTask,
  type TaskReport,
} from "../core/report/task-report.ts";
import type { Graph } from "../core/run/graph.ts";
import { hasBegun } from "../core/run/graph-step.ts";
import { phaseOf, type RunState, type TaskPhase } from "../core/run/run-state.ts";
import { emptyLog } from "../core/text/log-text.ts";
import { IoError } from "../io-error.ts";
import type { ReconcilePorts } from "./ports.ts";

export interface TaskReports {
  readonly reports: TaskReport[];
  readonly results: (TaskResult | undefined)[];
}

/** Covers every released task; in a graph, all tasks. Unreadable output is reported as such and does not prevent the report. */
export const readTaskReports = async (ports: ReconcilePorts, run: RunState): Promise<TaskReports> => {
  const { graph } = run.spec;
  const reports = await (graph && hasBegun(run) ? gatherGraph(ports, run, graph) : gatherLine(ports, run));
  return { reports, results: await parseResults(reports) };
};

const gatherLine = (ports: ReconcilePorts, run: RunState): Promise<TaskReport[]> => {
  const ran = run.tasks.flatMap(({ job, ref, phase }) => (job && phase !== "waiting" ? [{ job, task: ref.task }] : []));
  return Promise.all(ran.map(({ job, task }) => readTaskReport(ports, job, task)));
};

const gatherGraph = (ports: ReconcilePorts, run: RunState, graph: Graph): Promise<TaskReport[]> => {
  const skipped = whySkipped(run, graph);
  return Promise.all(
    run.tasks.map(async ({ job, ref, phase }, index): Promise<TaskReport> => {
      const onError = graph.tasks[index]?.onError;
      const why = skipped.get(index);
      if (why !== undefined) return { ...nothingOf(ref.task), skipped: why };
      const report = job ? await readTaskReport(ports, job, ref.task) : nothingOf(ref.task);
      const lost = lostBy(phase, ref);
      return { ...report, ...(lost ? { why: lost } : {}), ...(onError ? { onError } : {}) };
    }),
  );
};

const nothingOf = (task: string): TaskReport => ({ task, passed: false, ranToEnd: false, containers: [] });

/** Why a Job does not show how its task ended. */
const lostBy = (phase: TaskPhase, { namespace, name }: TaskRef): string | undefined => {
  if (phase === "deleted") return `it did not end: its Job ${namespace}/${name} was deleted.`;
  return phase === "missing" ? `its Job ${namespace}/${name} was removed by force.` : undefined;
};

const readTaskReport = async (ports: ReconcilePorts, job: Job, task: string): Promise<TaskReport> => {
  const { pods, unread } = await listPods(ports, job);
  const last = isRetried(job) ? pods.slice(-1) : pods; // only the last attempt counts
  const read = await Promise.all(last.flatMap(containersOf).map((container) => readContainer(ports, container)));
  const containers = [...notedOutput(job, read), ...read];
  const said = await warningsOf(ports, job, pods.at(-1));
  return reportTask({ task, job, pods, containers, said, ...(unread === undefined ? {} : { unread }) });
};

/** A Job's pods are deleted at its deadline. After that, only Events show why one never ran. */
const warningsOf = async (ports: ReconcilePorts, job: Job, pod: Pod | undefined): Promise<string[]> => {
  if (phaseOf(job) !== "failed" || ownEndNoted(job)) return [];
  if (!pod) return (await ports.pods.listPodWarnings(refOf(job))).map(renderWarning);
  return neverBegan(job, pod) ? (await ports.pods.listWarnings(refOf(pod))).map(renderWarning) : [];
};

export const readContainer = async (ports: ReconcilePorts, container: ContainerToRead): Promise<ContainerReport> =>
  reportContainer(container, await readLog(ports, container));

const readLog = async (ports: ReconcilePorts, { pod, name }: ContainerToRead) => {
  const most = ports.settings.MAX_EVENT_BYTES;
  try {
    return await ports.pods.getLog(pod, name, { headBytes: Math.ceil(most / 4), tailBytes: most });
  } catch (fault) {
    const message = `could not read the output of container ${name} of pod ${pod.name}: ${String(fault)}`;
    ports.log({ level: "warn", message });
    return { ...emptyLog, head: `(its output could not be read: ${fault instanceof Error ? fault.message : fault})\n` };
  }
};

/** Loads the YAML parser only if a task left a result. */
const parseResults = async (reports: readonly TaskReport[]): Promise<(TaskResult | undefined)[]> => {
  if (!reports.some(({ result }) => result)) return reports.map(() => undefined);
  const { parseResult } = await import("../core/report/result.ts");
  return reports.map(({ result }) => (result ? parseResult(result) : undefined));
};

export interface ListedPods {
  /** Newest last. */
  readonly pods: readonly Pod[];
  /** The API server's message if listing is forbidden. */
  readonly unread?: string;
}

/** Without the permission to list pods, a run is still reported, from its Jobs alone. @throws IoError */
export const listPods = async (ports: ReconcilePorts, job: Job): Promise<ListedPods> => {
  try {
    return { pods: await ports.pods.list(refOf(job)) };
  } catch (fault) {
    if (!(fault instanceof IoError && fault.httpStatus === 403)) throw fault;
    const { namespace, name } = refOf(job);
    const message = `could not list the pods of Job ${namespace}/${name}: ${fault.message}`;
    ports.log({ level: "warn", message, namespace });
    return { pods: [], unread: fault.message };
  }
};
