// Chooses the engine: podman or docker if available, otherwise processes.
import { IoError } from "../../lib/io-error.ts";
import { commandWorks } from "./command-works.ts";
import type { Engine, EngineContext } from "./engine.ts";

export type RuntimeChoice = "auto" | Engine["name"];

interface EngineOptions extends EngineContext {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** How long an engine may take to respond. */
  readonly answerSeconds?: number;
}

/** These query the engine's service, because its program may be installed without a running service. */
const questions = {
  podman: ["podman", "info", "--format", "{{.Host.OS}}"],
  docker: ["docker", "version", "--format", "{{.Server.Version}}"],
} as const;

/** @throws IoError if the requested engine does not respond */
export const chooseEngine = async (choice: RuntimeChoice, options: EngineOptions): Promise<Engine> => {
  if (choice === "process") return makeProcessEngine(options);
  const wanted = choice === "auto" ? (["podman", "docker"] as const) : [choice];
  const [env, seconds] = [definedOf(options.env), options.answerSeconds ?? 5];
  const good = await Promise.all(wanted.map((name) => commandWorks(questions[name], { seconds, env })));
  const name = wanted.find((_, i) => good[i]);
  if (name) {
    const { containerEngine } = await import("./container-engine.ts");
    return containerEngine({ ...options, env, name });
  }
  if (choice === "auto") return makeProcessEngine(options);
  throw new IoError(`${choice} does not answer (${questions[choice].join(" ")})`, { retryable: true });
};

const makeProcessEngine = async (options: EngineOptions): Promise<Engine> => {
  const { processEngine } = await import("./process-engine.ts");
  const baseEnv = Object.entries(definedOf(options.env)).filter(([name]) => inherited.includes(name));
  return processEngine({ ...options, baseEnv: Object.fromEntries(baseEnv) });
};

const inherited = ["PATH", "HOME", "TMPDIR", "LANG"];

const definedOf = (env: Readonly<Record<string, string | undefined>>): Record<string, string> =>
  Object.fromEntries(Object.entries(env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
