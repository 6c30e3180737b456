// The command line of `job-executor source`.
import type { Command } from "commander";
import type { CliContext } from "../context.ts";
import type { SourceOptions } from "./handler.ts";

export const addSource = (program: Command, { terminal, exit }: CliContext): void => {
  program
    .command("source")
    .description("brings the events of a Keptn to functions that run elsewhere, on this machine for instance")
    .option("--sink <url>", "where events go, e.g. http://localhost:8080; by default what K_SINK says")
    .option("--verbose", "says every step")
    .addHelpText("after", explanation)
    .action(async (options: SourceOptions) => {
      const { source } = await import("./handler.ts");
      exit(await source(options, terminal));
    });
};

const explanation = `
Everything else comes from the environment: KEPTN_API_ENDPOINT (up to /api) and KEPTN_API_TOKEN, PUBSUB_URL for NATS instead of
polling, PUBSUB_TOPIC, PROJECT_FILTER, STAGE_FILTER and SERVICE_FILTER for some events only. It neither shows up in Keptn's Bridge nor
asks it for subscriptions unless DISABLE_REGISTRATION=false. See docs/keptn-source.md.
Ctrl-C ends it, after what is under way. Exit codes: 0 it was ended; 2 wrong usage or settings; 3 something that the settings name
is not there.`;
