// job-executor plan: shows what start-job would do with an event.
import { parseJobConfig } from "../../lib/core/config/parse.ts";
import { type Plan, planRuns } from "../../lib/core/plan/plan.ts";
import { renderProblems } from "../../lib/core/problem.ts";
import { readEvent } from "../event.ts";
import { type ExitCode, exitCode } from "../exit-codes.ts";
import { usageError } from "../fault.ts";
import { readConfig } from "../input.ts";
import { explainPlan } from "../lint/lint.ts";
import type { EventOptions } from "../options.ts";
import { readSettings } from "../settings.ts";
import type { Terminal } from "../terminal.ts";
import { renderMermaid } from "./render-mermaid.ts";
import { renderSummary } from "./render-summary.ts";
import { renderYaml } from "./render-yaml.ts";

export interface PlanOptions extends EventOptions {
  readonly config: string;
  readonly settings?: string;
  readonly output: "yaml" | "json" | "summary" | "mermaid";
}

/** @throws a usage error */
export const plan = async (options: PlanOptions, terminal: Terminal): Promise<ExitCode> => {
  if (options.config === "-" && options.event === "-") throw usageError("Only one of --config and --event can be -.");
  const [event, configText, settings] = await Promise.all([
    readEvent(options, terminal),
    readConfig(options.config),
    readSettings(options.settings),
  ]);
  const parsed = parseJobConfig(configText, options.config);
  const decided = planRuns({ event, configText, configFile: options.config, settings, parsed });
  const planned = decided.kind === "refuse" ? decided : { ...decided, problems: explainPlan(decided, parsed) };
  if (options.output === "yaml") terminal.print(renderYaml(planned));
  if (options.output === "json") terminal.print(JSON.stringify(planned, undefined, 2));
  if (options.output === "summary") terminal.print(renderSummary(planned, event, terminal.paint));
  if (options.output === "mermaid") terminal.print(renderMermaid(planned, event));
  sayWhy(planned, options.output, terminal);
  return isRefused(planned) ? exitCode.failed : exitCode.ok;
};

/** True if at least one run is refused. */
const isRefused = (planned: Plan): boolean =>
  planned.kind === "refuse" || (planned.kind === "run" && planned.runs.some(({ refused }) => refused !== undefined));

/** For outputs that do not contain the reasons. */
const sayWhy = (planned: Plan, output: PlanOptions["output"], terminal: Terminal): void => {
  if (output === "summary" || output === "json") return;
  if (planned.kind === "ignore") terminal.say("No action matches: nothing runs.");
  if (planned.problems.length > 0) terminal.say(renderProblems(planned.problems));
};
