// Executes planned runs on this machine: the handlers of both functions, with a local store, Keptn and runtime.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fetchFiles } from "../../fetch-files/handler.ts";
import type { Settings } from "../../lib/core/settings/settings.ts";
import { openFilesFolder } from "../../lib/disk/files-folder.ts";
import { openTargetFolder } from "../../lib/disk/target-folder.ts";
import { IoError } from "../../lib/io-error.ts";
import { newHolderIdentity, systemClock } from "../../lib/process.ts";
import type { SweepPorts } from "../../lib/run/sweep.ts";
import { startJob } from "../../start-job/handler.ts";
import { type ExitCode, exitCode } from "../exit-codes.ts";
import { chooseEngine } from "../local/choose-engine.ts";
import type { Given } from "../local/container-env.ts";
import { localJobs } from "../local/jobs.ts";
import { localKeptn } from "../local/keptn.ts";
import type { FetchFiles } from "../local/run-container.ts";
import { localRuntime } from "../local/runtime.ts";
import { localSnapshots } from "../local/snapshots.ts";
import type { Terminal } from "../terminal.ts";
import { startEventLoop } from "./event-loop.ts";
import { renderLeftOut } from "./left-out.ts";
import { makeProgress, type Progress, type Shown } from "./progress.ts";

interface LocalRun extends Shown {
  readonly configText: string;
  readonly settings: Settings;
  /** Folder in place of the service's folder in Keptn. */
  readonly files: string | undefined;
  readonly given: Given;
}

interface Here {
  readonly terminal: Terminal;
  readonly progress: Progress;
  /** A temporary folder. */
  readonly folder: string;
}

/** @throws IoError */
export const runHere = async (run: LocalRun, terminal: Terminal): Promise<ExitCode> => {
  const progress = makeProgress(terminal, run);
  const folder = await mkdtemp(join(tmpdir(), "job-executor-"));
  try {
    const here = { terminal, progress, folder };
    return await runToEnd(run, await makeWorld(run, here), here);
  } finally {
    progress.close();
    // Files that a container wrote as another user may not be removable.
    await rm(folder, { recursive: true, force: true }).catch(() =>
      terminal.say(`Folder ${folder} could not be removed.`),
    );
  }
};

type World = Awaited<ReturnType<typeof makeWorld>>;

const makeWorld = async (run: LocalRun, { terminal, progress, folder }: Here) => {
  const { env, now } = terminal;
  const engine = await chooseEngine(run.runtime, { env, folder, now, say: progress.say });
  progress.begin(engine.name);
  const leftOut = renderLeftOut(run.plans, engine.name);
  if (leftOut !== undefined) progress.say(leftOut);
  const fault = Promise.withResolvers<never>();
  const jobs = localJobs({ now });
  jobs.subscribe(({ job }) => progress.onChange(job));
  const given = { secrets: run.given.secrets, configMaps: { ...run.given.configMaps } };
  const podWorld = { jobs, engine, folder, now, ...given, fetchFiles: fetchFrom(run.files), watcher: progress };
  const runtime = localRuntime({ ...podWorld, onFault: fault.reject });
  const keptn = localKeptn({
    configText: run.configText,
    onEvent: progress.onEvent,
    onError: ({ message }) => progress.log({ level: "info", message: `for Keptn's error log: ${message}` }),
    now,
  });
  const ports: SweepPorts = {
    ...{ jobs, keptn, snapshots: localSnapshots(given.configMaps), pods: runtime.pods },
    ...{ settings: run.settings, clock: systemClock, newHolderIdentity, log: progress.log },
    note: async () => {},
    timer: noTimer,
  };
  return { jobs, ports, runtime, fault };
};

/** No sweep is needed, because no step gets lost within one process. */
const noTimer = { touch: async (now: Date) => now, read: async () => undefined, remove: async () => {} };

/** By the same rules as from Keptn. @param from undefined: there is no folder, so tasks cannot have files */
const fetchFrom =
  (from: string | undefined): FetchFiles =>
  (order, { folder, log }) =>
    fetchFiles(order, {
      connect: () => {
        if (from !== undefined) return openFilesFolder(from);
        throw new IoError("The folder with the tasks' files is unknown. Set it with --files.", { retryable: false });
      },
      openTarget: ({ executable }) => openTargetFolder(folder, executable),
      log,
    });

const runToEnd = async (
  { event }: LocalRun,
  { jobs, ports, runtime, fault }: World,
  { terminal, progress }: Here,
): Promise<ExitCode> => {
  const eventLoop = startEventLoop(jobs, ports, fault.reject);
  const interrupt = Promise.withResolvers<"interrupted">();
  const stopListening = terminal.onInterrupt(() => interrupt.resolve("interrupted"));
  try {
    const whole = startJob(ports)(event).then(() => eventLoop.whenOver());
    const end = await Promise.race([whole, interrupt.promise, fault.promise]);
    if (end !== "interrupted") return progress.end() ? exitCode.ok : exitCode.failed;
    progress.say("Interrupted: the containers are being stopped.");
    eventLoop.stop();
    await runtime.stop();
    progress.say("All containers were stopped. The run was not finished.");
    return exitCode.interrupted;
  } finally {
    eventLoop.stop();
    await runtime.stop();
    stopListening();
  }
};
