// A world for the handlers: Jobs in memory, Keptn's double behind HTTP, pods as the test says, and a clock that the test moves.
import type { TestContext } from "node:test";
import { activeStatus, endedStatuses } from "../../functions/cli/local/job-status.ts";
import { localJobs } from "../../functions/cli/local/jobs.ts";
import { makePod } from "../../functions/cli/local/pod.ts";
import { label } from "../../functions/lib/core/annotations/annotations.ts";
import type { Job, Pod } from "../../functions/lib/core/kubernetes.ts";
import { refOf } from "../../functions/lib/core/object-meta.ts";
import { runScopeOf } from "../../functions/lib/core/run/run-scope.ts";
import { emptyLog } from "../../functions/lib/core/text/log-text.ts";
import { connectKeptn } from "../../functions/lib/keptn/keptn.ts";
import type { NoteReason } from "../../functions/lib/kubernetes/ports.ts";
import type { LogLine } from "../../functions/lib/process.ts";
import type { SweepPorts } from "../../functions/lib/run/sweep.ts";
import type { StartJobPorts } from "../../functions/start-job/handler.ts";
import { type KeptnDouble, startKeptn } from "./keptn/keptn-double.ts";
import { settingsFor } from "./keptn/settings.ts";
import { type MemorySnapshots, makeMemorySnapshots } from "./memory-snapshots.ts";
import { type MemoryTimer, makeMemoryTimer } from "./memory-timer.ts";

export interface World {
  readonly keptn: KeptnDouble;
  readonly ports: StartJobPorts & SweepPorts;
  readonly timer: MemoryTimer;
  readonly snapshots: MemorySnapshots;
  /** Lines of the log, and Kubernetes Events. */
  readonly lines: readonly LogLine[];
  readonly notes: readonly NoteReason[];
  /** The Jobs of every run, in the order of their tasks. */
  jobs(): Job[];
  /** Puts the job config where the double's events have their service. */
  configure(config: string): void;
  pass(seconds: number): void;
  /** A pod of this Job, with this state of its container. */
  setPod(job: Job, pod: FakePod): void;
  /** Somebody deletes it. */
  removePod(job: Job): void;
  /** The pod of a Job ends, and so does the Job. */
  end(job: Job, how: { readonly exitCode: number; readonly log?: string; readonly result?: string }): void;
  /** Events that Keptn got, by kind: `started`, `finished`. */
  sent(
    kind: string,
  ): readonly { readonly type: string; readonly source: string; readonly data: Record<string, unknown> }[];
}

export interface FakePod {
  readonly state: NonNullable<NonNullable<Pod["status"]>["containerStatuses"]>[number]["state"];
  readonly log?: string;
}

export const openWorld = async (context: TestContext, env: Readonly<Record<string, string>> = {}): Promise<World> => {
  const keptn = await startKeptn();
  context.after(() => keptn.close());
  let nowMs = Date.now();
  const now = () => new Date(nowMs);
  const pass = (seconds: number): void => {
    nowMs += seconds * 1000;
  };
  const jobs = localJobs({ now });
  const known = new Map<string, Job>();
  jobs.subscribe(({ type, job }) => {
    if (type === "delete") known.delete(refOf(job).uid);
    else known.set(refOf(job).uid, job);
  });
  const [lines, notes]: [LogLine[], NoteReason[]] = [[], []];
  const pods = new Map<string, { readonly pod: Pod; readonly log: string }>();
  const settings = settingsFor(keptn, {
    JOB_NAMESPACE: "jobs",
    KEPTN_RETRY_SECONDS: "1",
    API_PROXY_HTTP_TIMEOUT: "1",
    ...env,
  });
  const timer = makeMemoryTimer(runScopeOf(settings));
  const snapshots = makeMemorySnapshots();
  let claimants = 0;
  const setPod: World["setPod"] = (job, { state, log = "" }) => {
    const { uid, name } = refOf(job);
    const { status, ...pod } = makePod(job, { name: `${name}-x`, uid: `${uid}-x`, now: now() });
    const containerStatuses =
      status?.containerStatuses?.map((container) => ({ ...container, ...(state && { state }) })) ?? [];
    pods.set(uid, { pod: { ...pod, status: { ...status, containerStatuses } }, log });
  };
  const world: World = {
    ...{ keptn, timer, snapshots, lines, notes, setPod, pass },
    ports: {
      ...{ jobs, timer, snapshots, settings, keptn: connectKeptn(settings) },
      pods: {
        list: async ({ uid }) => (pods.has(uid) ? [pods.get(uid)!.pod] : []),
        getLog: async ({ name }) => {
          const found = [...pods.values()].find(({ pod }) => pod.metadata?.name === name);
          return { ...emptyLog, head: found?.log ?? "" };
        },
        listWarnings: async () => [],
        listPodWarnings: async () => [],
      },
      note: async (_, { reason }) => void notes.push(reason),
      log: (line) => lines.push(line),
      // What is waited for is Keptn, which is quick here; the test's own clock does not move by itself.
      clock: { now, sleep: async (milliseconds) => pass(milliseconds / 1000) },
      newHolderIdentity: () => `claimant-${++claimants}`,
    },
    removePod: (job) => void pods.delete(refOf(job).uid),
    jobs: () => [...known.values()].sort((a, b) => numberOf(a) - numberOf(b)),
    configure: (config) => void keptn.plane.projects.addFiles(service, { "job/config.yaml": config }),
    end: (job, { exitCode, log = "", result }) => {
      const at = now().toISOString();
      const reason = exitCode === 0 ? "Completed" : "Error";
      const terminated = { exitCode, reason, startedAt: at, finishedAt: at, ...(result ? { message: result } : {}) };
      setPod(job, { state: { terminated }, log });
      for (const status of endedStatuses(activeStatus(now()), exitCode === 0 ? "succeeded" : "failed", now())) {
        jobs.setStatus(refOf(job), status);
      }
    },
    sent: (kind) => keptn.plane.received.filter(({ type }) => type.endsWith(`.${kind}`)),
  };
  return world;
};

const service = { project: "sockshop", stage: "dev", service: "carts" };

const numberOf = ({ metadata }: Job): number => Number(metadata?.labels?.[label.taskIndex] ?? 0);
