// Passes values of earlier tasks to a task: in a ConfigMap of its Job, before the Job is released. Loaded only by runs with such a task.
import { annotation } from "../core/annotations/annotations.ts";
import { type Stopped, stoppedNoted } from "../core/annotations/stopped.ts";
import { type WantedValue, wantedValuesOf } from "../core/annotations/wanted-values.ts";
import type { ConfigMap } from "../core/kubernetes.ts";
import { refOf } from "../core/object-meta.ts";
import { parseResult } from "../core/report/result.ts";
import { resultWritten } from "../core/report/task-report.ts";
import type { RunState, TaskState } from "../core/run/run-state.ts";
import { type Earlier, makeValues, valuesOf } from "../core/run/task-values.ts";
import { catchPermanent } from "../io-error.ts";
import { expireDeadline } from "./close-jobs.ts";
import type { ReconcilePorts } from "./ports.ts";
import { listPods } from "./read-task-reports.ts";

/**
 * Idempotent: the values of an earlier delivery count, even if a pod is gone since.
 * A missing value is noted on the task's Job, which has then failed.
 * @param task suspended, and due
 * @throws IoError
 */
export const passValues = async (ports: ReconcilePorts, run: RunState, task: TaskState): Promise<void> => {
  const { job } = task;
  if (!job) return;
  const wanted = wantedValuesOf(job);
  const values = valuesOf(wanted, await readEarlier(ports, run, wanted));
  const map = makeValues(job, values.kind === "there" ? values.data : {});
  const why = values.kind === "there" ? await keep(ports, map) : await unlessKept(ports, map, values.why);
  if (why !== undefined) await noteMissing(ports, run, task, why);
};

const readEarlier = async (
  ports: ReconcilePorts,
  run: RunState,
  wanted: readonly WantedValue[],
): Promise<ReadonlyMap<number, Earlier>> => {
  const earlier = new Map<number, Earlier>();
  const read = async (place: number): Promise<void> => {
    const task = run.tasks[place];
    if (task) earlier.set(place, await readResult(ports, task));
  };
  await Promise.all([...new Set(wanted.map(({ task }) => task))].map(read));
  return earlier;
};

const readResult = async (ports: ReconcilePorts, { job, ref, phase }: TaskState): Promise<Earlier> => {
  const { task } = ref;
  const nothing = (why: string): Earlier => ({ kind: "nothing", task, why });
  if (phase === "waiting") return nothing("did not run.");
  if (!job) return nothing("no longer has a Job.");
  const stopped = stoppedNoted(job);
  if (stopped?.because === "unread") return nothing("failed, and finish-task is not permitted to list its pods.");
  if (stopped) return nothing("was stopped, or could not start.");
  const noted = resultWritten(job, []);
  const { pods, unread } = noted === undefined ? await listPods(ports, job) : { pods: [] };
  const result = noted ?? resultWritten(job, pods);
  if (result !== undefined) return { kind: "result", task, result: parseResult(result) };
  if (unread !== undefined) return nothing(`left a pod that finish-task is not permitted to list: ${unread}`);
  return nothing(pods.length > 0 ? "wrote no result (KEPTN_RESULT)." : "no longer has a pod, and its result is gone.");
};

/** @returns why the values cannot be stored */
const keep = async ({ snapshots }: ReconcilePorts, map: ConfigMap): Promise<string | undefined> => {
  const kept = await catchPermanent(() => snapshots.create(map));
  if ("done" in kept) return undefined;
  return `its values from earlier tasks cannot be stored: ${kept.refusal.message}`;
};

/** @returns `why`, unless another delivery found the values that this one misses */
const unlessKept = async ({ snapshots }: ReconcilePorts, map: ConfigMap, why: string): Promise<string | undefined> => {
  const found = await catchPermanent(() => snapshots.isThere(map));
  return "done" in found && found.done ? undefined : why;
};

/** The Job stays suspended. Its deadline expires: a delivery that still found the values can release it only before the note. */
const noteMissing = async (ports: ReconcilePorts, run: RunState, task: TaskState, why: string): Promise<void> => {
  const note: Stopped = { because: "cannot-start", why };
  const isNoted = await expireDeadline(ports, run, task, {
    suspend: true,
    annotations: { [annotation.stopped]: JSON.stringify(note) },
    line: { message: `a task cannot start: ${why}` },
  });
  if (task.job && isNoted) await ports.note(refOf(task.job), { reason: "CouldNotStart", message: why });
};
