// job-executor run: runs both functions for an event on this machine.
import { basename, dirname, resolve } from "node:path";
import { parseEnv } from "node:util";
import { parseJobConfig } from "../../lib/core/config/parse.ts";
import { planRuns } from "../../lib/core/plan/plan.ts";
import { openLists } from "../../lib/core/policy/open-lists.ts";
import { type Problem, renderProblems } from "../../lib/core/problem.ts";
import { readEvent } from "../event.ts";
import { type ExitCode, exitCode } from "../exit-codes.ts";
import { usageError } from "../fault.ts";
import { readConfig, readInput } from "../input.ts";
import { explainPlan } from "../lint/lint.ts";
import type { RuntimeChoice } from "../local/choose-engine.ts";
import type { Secrets } from "../local/container-env.ts";
import type { EventOptions } from "../options.ts";
import { defaultSettings } from "../settings.ts";
import type { Terminal } from "../terminal.ts";
import { runHere } from "./run-here.ts";

export interface RunOptions extends EventOptions {
  readonly config: string;
  readonly files?: string;
  readonly runtime: RuntimeChoice;
  readonly secret: readonly string[];
  readonly configMap: readonly string[];
  readonly verbose?: boolean;
}

/** @throws IoError, or a usage error */
export const run = async (options: RunOptions, terminal: Terminal): Promise<ExitCode> => {
  const [event, configText, secrets, configMaps] = await Promise.all([
    readEvent(options, terminal),
    readConfig(options.config),
    readValues("Secret", options.secret),
    readValues("ConfigMap", options.configMap),
  ]);
  const settings = { ...defaultSettings(), ...openLists };
  const parsed = parseJobConfig(configText, options.config);
  const plan = planRuns({ event, configText, configFile: options.config, settings, parsed });
  sayWarnings(explainPlan(plan, parsed), terminal);
  switch (plan.kind) {
    case "ignore":
      terminal.say(`No action of ${options.config} matches ${event.type}: nothing to run.`);
      for (const { action, why } of plan.actions.slice(0, 10))
        terminal.say(`  ${JSON.stringify(action)}: ${why.join(" ")}`);
      return exitCode.ok;
    case "refuse":
      terminal.say(plan.message);
      return exitCode.usage;
    case "run": {
      const files = options.files ?? folderOfService(options.config);
      const { runtime, verbose = false } = options;
      const given = { secrets, configMaps };
      return runHere({ event, configText, plans: plan.runs, settings, files, runtime, given, verbose }, terminal);
    }
  }
};

/** @param given entries `NAME=FILE` of the option */
const readValues = async (kind: "Secret" | "ConfigMap", given: readonly string[]): Promise<Secrets> => {
  const values = given.map(async (entry) => {
    const [, name, file] = /^([^=]+)=(.+)$/.exec(entry) ?? [];
    if (!name || !file) throw usageError(`${optionOf[kind]} ${entry} is not NAME=FILE.`);
    return [name, parseEnv(await readInput(file, `${kind} ${name}`)) as Record<string, string>] as const;
  });
  return Object.fromEntries(await Promise.all(values));
};

const optionOf = { Secret: "--secret", ConfigMap: "--config-map" } as const;

/** Same text as lint and plan. Errors prevent an action from running and are reported there. */
const sayWarnings = (problems: readonly Problem[], terminal: Terminal): void => {
  const warnings = problems.filter(({ severity }) => severity === "warning");
  if (warnings.length > 0) terminal.say(renderProblems(warnings));
};

/** Keptn keeps job/config.yaml in the service's folder, and files next to `job`. Other locations are unknown. */
const folderOfService = (config: string): string | undefined => {
  const folder = dirname(resolve(config));
  return basename(folder) === "job" ? dirname(folder) : undefined;
};
