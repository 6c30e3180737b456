// job-executor source: keptn-source in a terminal, for functions that somebody works on.
import { hostname } from "node:os";
import { renderProblem, renderProblems } from "../../core/problem.ts";
import type { Settings } from "../../core/settings.ts";
import { parseSourceSettings } from "../../core/source/check-settings.ts";
import { startSource } from "../../keptn-source/handler.ts";
import { makeSourcePorts } from "../../keptn-source/index.ts";
import { type ExitCode, exitCode } from "../exit-codes.ts";
import type { Terminal } from "../terminal.ts";
import { sayLine } from "./say-line.ts";

export interface SourceOptions {
  readonly sink?: string;
  readonly verbose?: boolean;
}

/** @throws IoError when something that the settings name is not there */
export const source = async ({ sink, verbose = false }: SourceOptions, terminal: Terminal): Promise<ExitCode> => {
  const parsed = parseSourceSettings({ ...defaults, ...terminal.env, ...(sink && { K_SINK: sink }) });
  if ("problems" in parsed) {
    terminal.say(renderProblems(parsed.problems));
    return exitCode.usage;
  }
  for (const warning of parsed.warnings) terminal.say(renderProblem(warning));
  const ports = makeSourcePorts(parsed.settings, (line) => sayLine(line, { terminal, verbose }));
  terminal.say(describe(parsed.settings));
  const running = startSource(ports);
  await Promise.race([untilInterrupted(terminal), running.ended]);
  terminal.say("Ending, after what is under way.");
  await running.stop();
  return exitCode.ok;
};

/** Nobody's subscriptions are changed, and no other source's events are taken, by somebody who tries something. */
const defaults = { DISABLE_REGISTRATION: "true", PUBSUB_GROUP: `source-on-${hostname()}`, DRAIN_SECONDS: "5" };

const describe = ({ K_SINK, KEPTN_API_ENDPOINT, PUBSUB_URL, HTTP_POLLING_INTERVAL }: Settings): string => {
  const from = PUBSUB_URL
    ? `by NATS from ${PUBSUB_URL}`
    : `every ${HTTP_POLLING_INTERVAL} s from ${KEPTN_API_ENDPOINT}`;
  return `Events come ${from} and go to ${K_SINK}. Ctrl-C ends it.`;
};

const untilInterrupted = (terminal: Terminal): Promise<void> =>
  new Promise((resolve) => {
    const stopListening = terminal.onInterrupt(() => {
      stopListening(); // the next one ends the process as it would any other
      resolve();
    });
  });
