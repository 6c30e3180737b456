// Reads what the pods of a run have to say: containers, their output and their results.
import type { Job, Pod } from "../core/kubernetes.ts";
import { renderWarning } from "../core/kubernetes-warning.ts";
import { emptyLog } from "../core/log-text.ts";
import { refOf } from "../core/object-meta.ts";
import { ownEndNoted } from "../core/own-end.ts";
import type { TaskResult } from "../core/result.ts";
import { phaseOf, type RunState } from "../core/run-state.ts";
import {
  type ContainerReport,
  type ContainerToRead,
  containersOf,
  neverBegan,
  notedOutput,
  reportContainer,
  reportTask,
  type TaskReport,
} from "../core/task-report.ts";
import { listPods } from "./list-pods.ts";
import type { ChainPorts } from "./ports.ts";

export interface Gathered {
  readonly reports: TaskReport[];
  readonly results: (TaskResult | undefined)[];
}

/** Of every task that was released. Output that cannot be read is said to be so; it is no reason not to report. */
export const gather = async (ports: ChainPorts, run: RunState): Promise<Gathered> => {
  const ran = run.tasks.flatMap(({ job, link, phase }) =>
    job && phase !== "waiting" ? [{ job, task: link.task }] : [],
  );
  const reports = await Promise.all(ran.map(({ job, task }) => gatherTask(ports, job, task)));
  return { reports, results: await parseResults(reports) };
};

const gatherTask = async (ports: ChainPorts, job: Job, task: string): Promise<TaskReport> => {
  const { pods, unread } = await listPods(ports, job);
  const read = await Promise.all(pods.flatMap(containersOf).map((container) => readContainer(ports, container)));
  const containers = [...notedOutput(job, read), ...read];
  const said = await warningsOf(ports, job, pods.at(-1));
  return reportTask({ task, job, pods, containers, said, ...(unread === undefined ? {} : { unread }) });
};

/** At its deadline a Job's pods are deleted: why one never ran, only Events still tell. */
const warningsOf = async (ports: ChainPorts, job: Job, pod: Pod | undefined): Promise<string[]> => {
  if (phaseOf(job) !== "failed" || ownEndNoted(job)) return [];
  if (!pod) return (await ports.pods.listPodWarnings(refOf(job))).map(renderWarning);
  return neverBegan(job, pod) ? (await ports.pods.listWarnings(refOf(pod))).map(renderWarning) : [];
};

export const readContainer = async (ports: ChainPorts, container: ContainerToRead): Promise<ContainerReport> =>
  reportContainer(container, await readLog(ports, container));

const readLog = async (ports: ChainPorts, { pod, name }: ContainerToRead) => {
  const most = ports.settings.MAX_EVENT_BYTES;
  try {
    return await ports.pods.getLog(pod, name, { headBytes: Math.ceil(most / 4), tailBytes: most });
  } catch (fault) {
    ports.log({ level: "warn", message: `no output of container ${name} of pod ${pod.name}: ${String(fault)}` });
    return { ...emptyLog, head: `(its output could not be read: ${fault instanceof Error ? fault.message : fault})\n` };
  }
};

/** The YAML parser is only loaded where a task left a result. */
const parseResults = async (reports: readonly TaskReport[]): Promise<(TaskResult | undefined)[]> => {
  if (!reports.some(({ result }) => result)) return reports.map(() => undefined);
  const { parseResult } = await import("../core/result.ts");
  return reports.map(({ result }) => (result ? parseResult(result) : undefined));
};
