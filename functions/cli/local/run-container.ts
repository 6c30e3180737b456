// Runs one container of a local pod with the engine; the container that fetches files is replaced by a copy from a folder.
import { fetchContainerName, fetchOrderVariable } from "../../lib/core/files/fetch-order.ts";
import { literalOf } from "../../lib/core/job/literal.ts";
import type { Container, Pod } from "../../lib/core/kubernetes.ts";
import { expand, type Given, makeContainerEnv } from "./container-env.ts";
import { type ContainerEnd, type Engine, refused } from "./engine.ts";
import type { PodFolder } from "./pod-folder.ts";

export interface ContainerWorld extends Given {
  readonly engine: Engine;
  readonly fetchFiles: FetchFiles;
  readonly now: () => Date;
}

/** Copies the files of a FETCH_ORDER to a folder. Its end is the same as that of fetch-files in the cluster. */
export type FetchFiles = (
  order: string | undefined,
  to: { readonly folder: string; readonly log: (line: string) => void },
) => Promise<{ readonly exitCode: number; readonly message?: string }>;

interface PodContainer {
  readonly container: Container;
  readonly pod: Pod;
  readonly folder: PodFolder;
  readonly onStarted: () => void;
  readonly onOutput: (bytes: Uint8Array) => void;
}

/** Grace period after a stop request; Kubernetes' 30 s would be too long at a terminal. */
const mostGraceSeconds = 5;

export const runContainer = async (
  world: ContainerWorld,
  asked: PodContainer,
  signal: AbortSignal,
): Promise<ContainerEnd> => {
  const { container, pod, folder, onStarted, onOutput } = asked;
  if (folder.missing !== undefined) return refused("CreateContainerConfigError", folder.missing);
  if (container.name === fetchContainerName) return fetchInto(world, asked, orderOf(container));
  const made = makeContainerEnv(container, world);
  if ("missing" in made) return refused("CreateContainerConfigError", made.missing);
  const texts = (words: readonly string[] | undefined) => words?.map((word) => expand(word, made.variables));
  const [command, args] = [texts(container.command), texts(container.args)];
  const resultPath = container.terminationMessagePath ?? "/dev/termination-log";
  const result = await folder.makeResultFile(container.name);
  const order = {
    id: pod.metadata?.name ?? "",
    container: { ...container, ...(command ? { command } : {}), ...(args ? { args } : {}) },
    pod: pod.spec!,
    env: made.variables,
    mounts: { ...folder.mountsOf(container), [resultPath]: result.path },
    graceSeconds: Math.min(mostGraceSeconds, pod.spec?.terminationGracePeriodSeconds ?? mostGraceSeconds),
    onStarted,
    onOutput,
  };
  const end = await world.engine.run(order, signal);
  const message = await result.read();
  return end.kind === "ended" && message !== "" ? { ...end, message } : end;
};

/** Its other variables configure access to Keptn, which a local run does not have. */
const orderOf = (container: Container): string | undefined => {
  const value = container.env?.find(({ name }) => name === fetchOrderVariable)?.value;
  return value && literalOf(value);
};

const fetchInto = async (
  world: ContainerWorld,
  { folder, onStarted, onOutput }: PodContainer,
  order: string | undefined,
): Promise<ContainerEnd> => {
  onStarted();
  const startedAt = world.now();
  const log = (line: string) => onOutput(Buffer.from(`${line}\n`));
  const { exitCode, message } = await world.fetchFiles(order, { folder: folder.files, log });
  if (message !== undefined) log(message);
  const said = message === undefined ? {} : { message };
  const reason = exitCode === 0 ? "Completed" : "Error";
  return { kind: "ended", exitCode, reason, ...said, startedAt, finishedAt: world.now() };
};
