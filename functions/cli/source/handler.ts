// job-executor source: keptn-source in a terminal, for functions under development.
import { hostname } from "node:os";
import { startSource } from "../../keptn-source/handler.ts";
import { makeSourcePorts } from "../../keptn-source/index.ts";
import { renderProblem, renderProblems } from "../../lib/core/problem.ts";
import type { Settings } from "../../lib/core/settings/settings.ts";
import { parseSourceSettings } from "../../lib/core/source/check-settings.ts";
import { type ExitCode, exitCode } from "../exit-codes.ts";
import type { Terminal } from "../terminal.ts";
import { sayLine } from "./say-line.ts";

export interface SourceOptions {
  readonly sink?: string;
  readonly verbose?: boolean;
}

/** @throws IoError if an address or file in the settings is not available */
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
  terminal.say("Stopping after the events in progress.");
  await running.stop();
  return exitCode.ok;
};

/** A test run does not change subscriptions, and does not take events from other sources. */
const defaults = { DISABLE_REGISTRATION: "true", PUBSUB_GROUP: `source-on-${hostname()}`, DRAIN_SECONDS: "5" };

const describe = ({ K_SINK, KEPTN_API_ENDPOINT, PUBSUB_URL, HTTP_POLLING_INTERVAL }: Settings): string => {
  const from = PUBSUB_URL
    ? `from NATS at ${PUBSUB_URL}`
    : `from ${KEPTN_API_ENDPOINT}, polled every ${HTTP_POLLING_INTERVAL} s,`;
  return `Forwarding events ${from} to ${K_SINK}. Press Ctrl-C to stop.`;
};

const untilInterrupted = (terminal: Terminal): Promise<void> =>
  new Promise((resolve) => {
    const stopListening = terminal.onInterrupt(() => {
      stopListening(); // a second signal ends the process as usual
      resolve();
    });
  });
