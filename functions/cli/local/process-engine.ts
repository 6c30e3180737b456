// Runs a container's command as a process on this machine, without its image, and with a separate folder for /keptn.
import { mkdir, mkdtemp, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type ContainerEnd, type ContainerOrder, type Engine, type EngineContext, refused } from "./engine.ts";
import { checkExecutable } from "./executable.ts";
import { rewritePaths } from "./rewrite-paths.ts";
import { type ProcessOrder, runProcess } from "./run-process.ts";

interface ProcessEngineOptions extends EngineContext {
  /** Variables that every process needs, such as PATH and HOME. */
  readonly baseEnv: Readonly<Record<string, string>>;
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
  `Processes do not have their own ${paths[0]}. In cmd, args, env and workingDir, paths below ` +
  `${paths.join(" and ")} are rewritten to paths below ${folder}; inside scripts, they are not.`;

type Process = Pick<ProcessOrder, "command" | "workingDir" | "env">;

const makeProcess = async (options: ProcessEngineOptions, order: ContainerOrder): Promise<Process | ContainerEnd> => {
  const { container, mounts } = order;
  const command = [...(container.command ?? []), ...(container.args ?? [])];
  if (!container.command?.length) return refuse(noCommand(container.image));
  const { workingDir } = container;
  const hostDir = workingDir ? hostPathOf(workingDir, mounts) : await mkdtemp(join(options.folder, "process-"));
  if (hostDir !== workingDir) await mkdir(hostDir, { recursive: true });
  const found = await stat(hostDir).catch(() => undefined);
  if (!found?.isDirectory()) return refuse(noFolder(hostDir));
  const path = { ...options.baseEnv, ...Object.fromEntries(order.env) }["PATH"] ?? "";
  const toHost = (inside: string) => hostPathOf(inside, mounts);
  const message = await checkExecutable(command[0] ?? "", { path, workingDir: hostDir, toHost });
  const now = options.now();
  // As the kubelet reports it.
  if (message) return { kind: "ended", exitCode: 128, reason: "StartError", message, startedAt: now, finishedAt: now };
  const rewrite = (text: string) => rewritePaths(text, mounts);
  const env = Object.fromEntries([...order.env].map(([name, value]) => [name, rewrite(value)]));
  return { command: command.map(rewrite), workingDir: hostDir, env: { ...options.baseEnv, ...env } };
};

const hostPathOf = (path: string, mounts: ContainerOrder["mounts"]): string => {
  const around = Object.keys(mounts).filter((from) => path === from || path.startsWith(`${from}/`));
  const mount = around.toSorted((a, b) => b.length - a.length)[0];
  return mount === undefined ? path : `${mounts[mount]}${path.slice(mount.length)}`;
};

const refuse = (message: string): ContainerEnd => refused("CreateContainerError", message);

const noCommand = (image = "") =>
  `the task has no cmd, and only a container engine knows the default command of image ${image}. ` +
  "Set the task's cmd, or use --runtime podman or docker.";

const noFolder = (folder: string) =>
  `the workingDir ${folder} does not exist on this machine (below ${dirname(folder)}). Use --runtime podman or docker.`;
