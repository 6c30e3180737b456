// Runs a container's command as a process of this machine: without its image, with /keptn in a folder of its own.
import { mkdir, mkdtemp, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { ContainerEnd, ContainerOrder, Engine, Say } from "./engine.ts";
import { checkExecutable } from "./executable.ts";
import { rewritePaths } from "./rewrite-paths.ts";
import { runProcess } from "./run-process.ts";

export interface ProcessEngineOptions {
  /** Variables that every process needs to work here, such as PATH and HOME. */
  readonly baseEnv: Readonly<Record<string, string>>;
  /** An existing folder for what the processes need. */
  readonly folder: string;
  readonly say: Say;
  readonly now: () => Date;
}

export const processEngine = (options: ProcessEngineOptions): Engine => {
  let isSaid = false;
  return {
    name: "process",
    run: async (order, signal) => {
      if (!isSaid) options.say(renderRewriting(Object.keys(order.mounts), options.folder));
      isSaid = true;
      const made = await makeProcess(options, order);
      return "kind" in made ? made : runProcess({ ...made, order, now: options.now }, signal);
    },
  };
};

const renderRewriting = (paths: readonly string[], folder: string): string =>
  `A process has no ${paths[0]} of its own. In cmd, args, env and workingDir, paths below ` +
  `${paths.join(" and ")} are rewritten to others below ${folder}; inside of scripts they are not.`;

/** What is started, where and with which environment. */
interface Process {
  readonly command: readonly string[];
  readonly workingDir: string;
  readonly env: Readonly<Record<string, string>>;
}

const makeProcess = async (options: ProcessEngineOptions, order: ContainerOrder): Promise<Process | ContainerEnd> => {
  const { container, mounts } = order;
  const command = [...(container.command ?? []), ...(container.args ?? [])];
  if (!container.command?.length) return refuse(noCommand(container.image));
  const { workingDir } = container;
  const hostDir = workingDir ? hostPathOf(workingDir, mounts) : await mkdtemp(join(options.folder, "process-"));
  if (hostDir !== workingDir) await mkdir(hostDir, { recursive: true });
  if (!(await isFolder(hostDir))) return refuse(noFolder(hostDir));
  const path = { ...options.baseEnv, ...Object.fromEntries(order.env) }["PATH"] ?? "";
  const toHost = (inside: string) => hostPathOf(inside, mounts);
  const wrong = await checkExecutable(command[0] ?? "", { path, workingDir: hostDir, toHost });
  return wrong ? startError(wrong, options.now()) : rewritten(options, order, { command, workingDir: hostDir });
};

const rewritten = (
  { baseEnv }: ProcessEngineOptions,
  { env, mounts }: ContainerOrder,
  { command, workingDir }: { command: string[]; workingDir: string },
): Process => {
  const values = [...env].map(([name, value]) => [name, rewritePaths(value, mounts)]);
  return {
    command: command.map((word) => rewritePaths(word, mounts)),
    workingDir,
    env: { ...baseEnv, ...Object.fromEntries(values) },
  };
};

const hostPathOf = (path: string, mounts: ContainerOrder["mounts"]): string => {
  const around = Object.keys(mounts).filter((from) => path === from || path.startsWith(`${from}/`));
  const mount = around.toSorted((a, b) => b.length - a.length)[0];
  return mount === undefined ? path : `${mounts[mount]}${path.slice(mount.length)}`;
};

const isFolder = (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );

const refuse = (message: string): ContainerEnd => ({ kind: "refused", reason: "CreateContainerError", message });

const noCommand = (image = "") =>
  `the task has no cmd, and what the image ${image} would run is only known to a container engine. ` +
  "Give the task a cmd, or use --runtime podman or docker.";

const noFolder = (folder: string) =>
  `the workingDir ${folder} is not on this machine (below ${dirname(folder)}). Use --runtime podman or docker.`;

/** As the kubelet shows it: exit code 128, StartError. */
const startError = (message: string, now: Date): ContainerEnd => ({
  kind: "ended",
  exitCode: 128,
  reason: "StartError",
  message,
  startedAt: now,
  finishedAt: now,
});
