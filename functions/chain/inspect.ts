// Looks at an open run for what no Job event tells: a pod that cannot start, a sequence that Keptn has ended.
import { isCounted } from "../core/keptn-event.ts";
import type { Job, Pod } from "../core/kubernetes.ts";
import type { RunState } from "../core/run-state.ts";
import { isOverdue, lacksPods, type Patience, startProblemOf } from "../core/start-problem.ts";
import type { JobRef } from "../io/kubernetes/ports.ts";
import type { Findings } from "./advance.ts";
import { type ChainPorts, refOf } from "./ports.ts";
import { countOf } from "./settle.ts";

export const inspect = async (ports: ChainPorts, run: RunState): Promise<Findings> => {
  const task = run.tasks.findIndex(({ phase }) => phase === "running");
  const [over, why] = await Promise.all([isOver(ports, run), startProblem(ports, run.tasks[task]?.job)]);
  return { ...(over ? { over } : {}), ...(why ? { cannotStart: { task, why } } : {}) };
};

/** Only of a run that was announced a while ago: an event can be here before Keptn waits for its answer. */
const isOver = async (ports: ChainPorts, run: RunState): Promise<boolean> => {
  const announcedMs = Date.parse(run.marks.announced ?? "");
  const old = ports.clock.now().getTime() - announcedMs > ports.settings.CLAIM_LEASE_SECONDS * 1000;
  return isCounted(run.event) && old && (await countOf(ports, run)).kind === "over";
};

const startProblem = async (ports: ChainPorts, job: Job | undefined): Promise<string | undefined> => {
  if (!job) return undefined;
  const patience: Patience = {
    nowMs: ports.clock.now().getTime(),
    graceSeconds: ports.settings.START_GRACE_SECONDS,
  };
  const pods = await ports.pods.list(refOf(job));
  for (const pod of pods) {
    const problem = startProblemOf(pod, patience);
    if (problem) return problem + (await warnings(ports, refOfPod(pod)));
  }
  for (const pod of pods.filter((one) => isOverdue(one, patience))) {
    const mounts = (await ports.pods.listWarnings(refOfPod(pod))).filter((said) => said.startsWith("FailedMount"));
    if (mounts.length > 0)
      return `a volume of pod ${pod.metadata?.name} is not there. Kubernetes said: ${mounts.at(-1)}`;
  }
  if (!lacksPods(job, pods, patience)) return undefined;
  const said = await warnings(ports, refOf(job));
  return said ? `Kubernetes creates no pod for Job ${job.metadata?.name}.${said}` : undefined;
};

const refOfPod = ({ metadata }: Pod): JobRef => ({
  namespace: metadata?.namespace ?? "",
  name: metadata?.name ?? "",
  uid: metadata?.uid ?? "",
});

const warnings = async (ports: ChainPorts, object: JobRef): Promise<string> => {
  const said = await ports.pods.listWarnings(object);
  return said.length > 0 ? ` Kubernetes said: ${said.slice(-3).join(" | ")}` : "";
};
