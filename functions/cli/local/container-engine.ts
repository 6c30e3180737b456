// Runs containers with podman or docker, whose command lines are compatible for our purposes.
import { execFile } from "node:child_process";
import { type ContainerEnd, type ContainerOrder, type Engine, type EngineContext, refused } from "./engine.ts";
import { createArguments } from "./engine-arguments.ts";
import { runProcess } from "./run-process.ts";

interface ContainerEngineOptions extends EngineContext {
  readonly name: "podman" | "docker";
  /** The environment of the engine's own program. */
  readonly env: Readonly<Record<string, string>>;
}

export const containerEngine = (options: ContainerEngineOptions): Engine => ({
  name: options.name,
  run: async (order, signal) =>
    (await getImage(options, order, signal)) ??
    (await createContainer(options.name, order)) ??
    attach(options, order, signal),
});

/** Timeout of engine commands that do not use the network. */
const soon = () => AbortSignal.timeout(60_000);

const attach = async (
  { name, env, now }: ContainerEngineOptions,
  order: ContainerOrder,
  signal: AbortSignal,
): Promise<ContainerEnd> => {
  const said: Uint8Array[] = [];
  const onOutput = (bytes: Uint8Array) => {
    if (said.length < 20) said.push(bytes);
    order.onOutput(bytes);
  };
  const command = [name, "start", "--attach", order.id];
  const stopping = stopOn(signal, name, order);
  try {
    const process = { command, workingDir: "/", env, saysReady: false, order: { ...order, onOutput }, now };
    const end = await runProcess(process, stopping.stopped);
    const state = await inspect(name, order.id);
    if (state.Running) await call(name, ["kill", order.id], soon()); // otherwise podman would wait for a graceful stop again
    return end.kind === "ended" ? outcomeOf(end, state, said) : end;
  } finally {
    stopping.forget();
    await call(name, ["rm", "--force", "--volumes", order.id], soon());
  }
};

/**
 * Stops the container through the engine, which also ends its client; clients do not always forward signals.
 * @returns a signal for a client that keeps running
 */
const stopOn = (signal: AbortSignal, name: string, { id, graceSeconds }: ContainerOrder) => {
  const client = new AbortController();
  const stop = async () => {
    await call(name, ["stop", "-t", String(graceSeconds), id], soon());
    client.abort();
  };
  if (signal.aborted) void stop();
  else signal.addEventListener("abort", stop);
  return { stopped: client.signal, forget: () => signal.removeEventListener("abort", stop) };
};

/** The engine's record of an ended container (`inspect`, State). */
interface State {
  readonly ExitCode?: number;
  readonly OOMKilled?: boolean;
  readonly Running?: boolean;
  readonly StartedAt?: string;
  readonly Error?: string;
}

const inspect = async (name: string, id: string): Promise<State> => {
  const answer = await call(name, ["container", "inspect", "--format", "{{json .State}}", id], soon());
  return answer.ok ? JSON.parse(answer.output) : {};
};

/** Uses the engine's record, because the client's exit code may be its own instead of the container's. */
const outcomeOf = (
  end: Extract<ContainerEnd, { kind: "ended" }>,
  state: State,
  said: readonly Uint8Array[],
): ContainerEnd => {
  if (state.StartedAt?.startsWith("0001-")) {
    const message = state.Error || Buffer.concat(said).toString().trim();
    return { ...end, exitCode: 128, reason: "StartError", message };
  }
  const exitCode = state.Running ? 137 : (state.ExitCode ?? end.exitCode);
  const reason = state.OOMKilled ? "OOMKilled" : exitCode === 0 ? "Completed" : "Error";
  return { ...end, exitCode, reason };
};

const createContainer = async (name: string, order: ContainerOrder): Promise<ContainerEnd | undefined> => {
  const created = await call(name, createArguments(order), soon());
  return created.ok ? undefined : refused("CreateContainerError", created.output);
};

/** @returns an end if there is no image */
const getImage = async (
  { name, say }: ContainerEngineOptions,
  { container: { image = "", imagePullPolicy } }: ContainerOrder,
  signal: AbortSignal,
): Promise<ContainerEnd | undefined> => {
  const policy = imagePullPolicy ?? (/:(?!latest$)[^/]+$|@/.test(image) ? "IfNotPresent" : "Always");
  if (policy !== "Always" && (await call(name, ["image", "inspect", image], signal)).ok) return undefined;
  if (policy === "Never")
    return refused("ErrImageNeverPull", `Container image "${image}" is not present with pull policy of Never`);
  say(`pulling the image ${image}`);
  const pulled = await call(name, ["pull", "--quiet", qualified(image)], signal);
  return pulled.ok ? undefined : refused("ErrImagePull", pulled.output);
};

/** Adds Kubernetes' default registry; podman would prompt for one. */
const qualified = (image: string): string => {
  const [first = "", ...more] = image.split("/");
  if (more.length === 0) return `docker.io/library/${image}`;
  return /[.:]|^localhost$/.test(first) ? image : `docker.io/${image}`;
};

/** @returns stdout, or stderr if it failed */
const call = (name: string, args: readonly string[], signal: AbortSignal): Promise<{ ok: boolean; output: string }> =>
  new Promise((resolve) => {
    execFile(name, args, { signal, killSignal: "SIGKILL", maxBuffer: 16 * 1024 * 1024 }, (fault, stdout, stderr) =>
      resolve(fault ? { ok: false, output: stderr.trim() || fault.message } : { ok: true, output: stdout.trim() }),
    );
  });
