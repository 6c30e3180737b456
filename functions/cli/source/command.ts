// The command line of `job-executor source`.
import type { Command } from "commander";
import type { CliContext } from "../context.ts";
import type { SourceOptions } from "./handler.ts";

export const addSource = (program: Command, { terminal, exit }: CliContext): void => {
  program
    .command("source")
    .description("forward events from Keptn to functions that run elsewhere, for example on this machine")
    .option("--sink <url>", "destination of events, e.g. http://localhost:8080; default: K_SINK")
    .option("--verbose", "log every step")
    .addHelpText("after", explanation)
    .action(async (options: SourceOptions) => {
      const { source } = await import("./handler.ts");
      exit(await source(options, terminal));
    });
};

const explanation = `
The environment has all other settings: KEPTN_API_ENDPOINT (including /api) and KEPTN_API_TOKEN; PUBSUB_URL to use NATS instead of
polling; PUBSUB_TOPIC, PROJECT_FILTER, STAGE_FILTER and SERVICE_FILTER to select events. The command does not register with Keptn,
so it has no subscriptions there and is not listed in the Bridge, unless DISABLE_REGISTRATION=false. See docs/keptn-source.md.
Ctrl-C stops it after the events in progress. Exit codes: 0 stopped; 2 usage error or invalid settings; 3 an address or file in the
settings is not available.`;
