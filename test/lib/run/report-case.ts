// One case of test/golden/report: an event, a config, the fate of each task's pod, and what Keptn and people see.
import { activeStatus, endedStatuses } from "../../../functions/cli/local/job-status.ts";
import { localJobs } from "../../../functions/cli/local/jobs.ts";
import { localKeptn, type SentEvent } from "../../../functions/cli/local/keptn.ts";
import { renderDetail } from "../../../functions/cli/runs/render-detail.ts";
import { label } from "../../../functions/lib/core/annotations/annotations.ts";
import type { Job, Pod } from "../../../functions/lib/core/kubernetes.ts";
import type { KubernetesWarning } from "../../../functions/lib/core/pod/kubernetes-warning.ts";
import { phaseOf, readRun } from "../../../functions/lib/core/run/run-state.ts";
import { emptyLog } from "../../../functions/lib/core/text/log-text.ts";
import { viewRun } from "../../../functions/lib/core/view/run-view.ts";
import { inspectRun } from "../../../functions/lib/run/inspect-run.ts";
import { namespacesOf, reconcileRun } from "../../../functions/lib/run/reconcile-run.ts";
import type { SweepPorts } from "../../../functions/lib/run/sweep.ts";
import { type StartJobPorts, startJob } from "../../../functions/start-job/handler.ts";
import { makeMemorySnapshots } from "../../doubles/memory-snapshots.ts";
import { makeMemoryTimer } from "../../doubles/memory-timer.ts";
import { type Entry, makePods, readWarning, refOf, type Status, settingsOf, stopped, timesIn } from "./report-pods.ts";

export interface ReportCase {
  readonly config: string;
  /** JSON of the event. */
  readonly event: string;
  /** JSON: test/golden/report/README.md describes it. */
  readonly pods: string;
  readonly warnings: string;
  readonly log: string;
  readonly settings: Readonly<Record<string, string>>;
}

export interface ReportSeen {
  /** The `.finished` that Keptn received; undefined: none. */
  readonly finished: SentEvent | undefined;
  /** `runs RUN` before and after finish-task's last reconcile. */
  readonly runs: string;
}

/** The time of the event; the first task's pod starts at once. */
const beginMs = Date.parse("2026-01-01T00:00:00Z");
/** Until the next pod, or until the sweep that checks a pod that has not ended: twice its grace period. */
const lookSeconds = 120;

export const playReport = async (given: ReportCase): Promise<ReportSeen> => {
  const world = makeWorld(given);
  await startJob(world.ports)(JSON.parse(given.event));
  const entries = JSON.parse(given.pods) as readonly (Status | Entry | readonly (Status | Entry)[])[];
  let runs = "";
  for (const [task, entry] of entries.entries()) {
    const looks = [entry].flat() as readonly (Status | Entry)[];
    for (const [look, state] of looks.entries()) {
      if (!world.set(task, "phase" in state ? { status: state } : (state as Entry), look)) break;
      runs = await world.look();
      await world.move();
    }
  }
  if (!world.finished()) {
    world.endAtDeadline();
    runs = await world.look();
    await world.move();
  }
  return { finished: world.finished(), runs: [runs, await world.look()].filter(Boolean).join("\n\n\n") };
};

const makeWorld = ({ config, warnings, log, settings: env, event }: ReportCase) => {
  let nowMs = beginMs;
  const now = () => new Date(nowMs);
  const pass = (milliseconds: number): void => {
    nowMs += milliseconds;
  };
  const jobs = localJobs({ now });
  const known = new Map<string, Job>();
  jobs.subscribe(({ job }) => void known.set(job.metadata?.uid ?? "", job));
  const pods = new Map<string, readonly Pod[]>();
  const begun = new Map<string, number>();
  const sent: SentEvent[] = [];
  const settings = settingsOf(env);
  const jobOf = (task: number): Job | undefined =>
    [...known.values()].find(({ metadata }) => metadata?.labels?.[label.taskIndex] === String(task));
  const said = (uid: string): KubernetesWarning[] =>
    warnings
      .split("\n")
      .filter(Boolean)
      .map((line) => readWarning(line, new Date(begun.get(uid) ?? beginMs), now()));
  const warningsOf = async ({ uid }: { readonly uid: string }) =>
    running()?.metadata?.uid && isNewest(uid) ? said(uid) : [];
  const isNewest = (uid: string): boolean => [...begun.keys()].at(-1) === uid.replace(/-pod$/, "");
  const running = () => [...known.values()].findLast(({ metadata }) => begun.has(metadata?.uid ?? ""));
  const ports: StartJobPorts & SweepPorts = {
    ...{ jobs, settings, timer: makeMemoryTimer(), snapshots: makeMemorySnapshots() },
    keptn: localKeptn({ configText: config, onEvent: (one) => void sent.push(one), onError: () => {}, now }),
    pods: {
      list: async ({ uid }) => [...(pods.get(uid) ?? [])],
      getLog: async () => ({ ...emptyLog, head: log }),
      listWarnings: warningsOf,
      listPodWarnings: warningsOf,
    },
    ...{ note: async () => {}, log: () => {}, newHolderIdentity: () => "golden" },
    clock: { now, sleep: async (milliseconds) => pass(milliseconds) },
  };
  /** Among tasks that were released together. */
  const begin = (job: Job): void => {
    const uid = job.metadata?.uid ?? "";
    if (begun.has(uid) || !isRunning(job)) return;
    begun.set(uid, nowMs);
    jobs.setStatus(refOf(job), activeStatus(now()));
  };
  const isRunning = (job: Job | undefined): job is Job => job !== undefined && phaseOf(job) === "running";

  return {
    ports,
    finished: () => sent.find(({ type }) => type.endsWith(".finished")),
    /** @returns false when this task has no pod left, or never had one */
    set: (task: number, entry: Entry, look: number): boolean => {
      const job = jobOf(task);
      if (!isRunning(job)) return false;
      const uid = job.metadata?.uid ?? "";
      for (const one of [job, ...known.values()]) begin(one);
      const started = activeStatus(new Date(begun.get(uid)!));
      jobs.setStatus(refOf(job), entry.job ?? started);
      const made = makePods(job, entry, begun.get(uid)!);
      pods.set(uid, made);
      const pod = made.at(-1);
      const phase = pod?.status?.phase;
      const latestMs = Math.max(nowMs, ...timesIn(JSON.stringify(entry)).map((time) => Date.parse(time)));
      const ended = entry.job?.conditions || phase === "Succeeded" || phase === "Failed";
      nowMs = ended ? latestMs : Math.max(begun.get(uid)! + lookSeconds * 1000 * (look + 1), latestMs);
      if (entry.job || (phase !== "Succeeded" && phase !== "Failed")) return true;
      const failed = made.length > 1 ? { failed: made.length - 1 } : {};
      for (const status of endedStatuses(
        { ...started, ...failed },
        phase === "Succeeded" ? "succeeded" : "failed",
        now(),
      ))
        jobs.setStatus(refOf(job), status);
      return true;
    },
    /** The kubelet handles a pod on a node; the Job controller deletes any other. */
    endAtDeadline: (): void => {
      const job = running();
      if (!isRunning(job)) return;
      const uid = job.metadata?.uid ?? "";
      const pod = pods.get(uid)?.at(-1);
      const seconds = pod?.status?.startTime
        ? job.spec?.template.spec?.activeDeadlineSeconds
        : job.spec?.activeDeadlineSeconds;
      nowMs = Math.max(nowMs, begun.get(uid)! + (seconds ?? 0) * 1000);
      if (pod?.status?.startTime) pods.set(uid, [stopped(pod, now().toISOString())]);
      else pods.delete(uid);
      const status = endedStatuses(activeStatus(new Date(begun.get(uid)!)), "failed", now()).at(-1)!;
      const conditions = (status.conditions ?? []).map((one) =>
        pod?.status?.startTime || one.status !== "True"
          ? one
          : { ...one, reason: "DeadlineExceeded", message: "Job was active longer than specified deadline" },
      );
      jobs.setStatus(refOf(job), { ...status, conditions });
    },
    look: async (): Promise<string> => {
      const all = [...known.values()];
      const run = readRun(all);
      if (!run) return "";
      const seen = await Promise.all(
        [...[...pods.values()].flat(), ...all].map(
          async ({ metadata }) => [metadata?.uid ?? "", await warningsOf({ uid: metadata?.uid ?? "" })] as const,
        ),
      );
      const sight = {
        nowMs,
        pods: [...pods.values()].flat(),
        warnings: new Map(seen),
        timer: "there" as const,
        settings,
      };
      return renderDetail(viewRun(run, sight), { columns: 100, nowMs, style: (_, text) => text });
    },
    /** What finish-task does for a Job change, or during a sweep. */
    move: async (): Promise<void> => {
      const run = readRun([...known.values()]);
      if (run)
        await reconcileRun(
          ports,
          { runId: run.id, namespaces: namespacesOf(run) },
          { inspect: (state) => inspectRun(ports, state) },
        );
    },
    event,
  };
};
