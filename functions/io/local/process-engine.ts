// Runs a container's command as a process of this machine: no image, but its own /keptn.
import { mkdir, mkdtemp, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { ContainerEnd, ContainerOrder, Engine, Say } from "./engine.ts";
import { checkExecutable } from "./executable.ts";
import type { PrivateRoot } from "./private-root.ts";
import { rewritePaths } from "./rewrite-paths.ts";
import { runProcess } from "./run-process.ts";

export interface ProcessEngineOptions {
  /** Undefined: paths below a container's mounts are rewritten to those of this machine. */
  readonly privateRoot: PrivateRoot | undefined;
  /** Variables that every process needs to work here, such as PATH and HOME. */
  readonly baseEnv: Readonly<Record<string, string>>;
  /** An existing folder for what the processes need. */
  readonly folder: string;
  readonly say: Say;
  readonly now: () => Date;
}

export const processEngine = (options: ProcessEngineOptions): Engine => {
  let isSaid = options.privateRoot !== undefined;
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
  `This machine gives no process a ${paths[0]} of its own. In cmd, args, env and workingDir, paths below ` +
  `${paths.join(" and ")} are rewritten to others below ${folder}; inside of scripts they are not.`;

/** What is started, where and with which environment. */
interface Process {
  readonly command: readonly string[];
  readonly workingDir: string;
  readonly env: Readonly<Record<string, string>>;
  /** It says on its file descriptor 3 when the root is made. */
  readonly saysReady: boolean;
}

const makeProcess = async (options: ProcessEngineOptions, order: ContainerOrder): Promise<Process | ContainerEnd> => {
  const { container, mounts } = order;
  const command = [...(container.command ?? []), ...(container.args ?? [])];
  if (!container.command?.length) return refuse(noCommand(container.image));
  const scratch = await mkdtemp(join(options.folder, "process-"));
  const workingDir = container.workingDir ?? (options.privateRoot ? "/" : scratch);
  const hostDir = hostPathOf(workingDir, mounts);
  if (hostDir !== workingDir) await mkdir(hostDir, { recursive: true });
  if (!(await isFolder(hostDir))) return refuse(noFolder(workingDir));
  const process = options.privateRoot
    ? inPrivateRoot(options, order, { command, workingDir, root: scratch })
    : rewritten(options, order, { command, workingDir: hostDir });
  const path = { ...options.baseEnv, ...Object.fromEntries(order.env) }["PATH"] ?? "";
  const toHost = (inside: string) => hostPathOf(inside, mounts);
  const wrong = await checkExecutable(command[0] ?? "", { path, workingDir: hostDir, toHost });
  return wrong ? startError(wrong, options.now()) : process;
};

const inPrivateRoot = (
  { privateRoot, baseEnv }: ProcessEngineOptions,
  { env, mounts }: ContainerOrder,
  { command, workingDir, root }: { command: string[]; workingDir: string; root: string },
): Process => {
  const variables = Object.entries({ ...baseEnv, ...Object.fromEntries(env) }).map((entry) => entry.join("="));
  // The environment is set at the very end: making the root needs this machine's, and adds to it.
  const wrapped = privateRoot?.wrap(["env", "-i", ...variables, ...command], { root, workingDir, mounts }) ?? [];
  return { command: wrapped, workingDir: "/", env: { ...baseEnv }, saysReady: true };
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
    saysReady: false,
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
