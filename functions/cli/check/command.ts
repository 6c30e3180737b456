// The command line of `job-executor check`.
import { setTimeout } from "node:timers/promises";
import { type Command, Option } from "commander";
import type { Access } from "../../lib/kubernetes/kubeconfig.ts";
import type { CliContext } from "../context.ts";
import type { CheckOptions } from "./handler.ts";

export const addCheck = (program: Command, { terminal, exit }: CliContext): void => {
  program
    .command("check")
    .description("check an installation in a cluster, and suggest a fix for each problem")
    .option(
      "-n, --namespace <name>",
      "namespace of the installation; default: the namespace of the kubeconfig's context, or keptn-jes",
    )
    .addOption(new Option("--format <name>", "text or JSON").choices(["text", "json"]).default("text"))
    .option("--dry-event", "send a test event without effects to start-job through the Broker", true)
    .option("--no-dry-event", "do not send a dry event; no function wakes")
    .option("--kubeconfig <file>", "use instead of KUBECONFIG")
    .option("--context <name>", "use this context of the kubeconfig instead of the current one")
    .addHelpText("after", outcomes)
    .action(async (options: CheckOptions & Access) => {
      const [{ check }, { openInstallation }] = await Promise.all([import("./handler.ts"), import("./cluster.ts")]);
      const sleep = (ms: number) => setTimeout(ms).then(() => undefined);
      exit(await check({ options, cluster: openInstallation(options, terminal.env), sleep }, terminal));
    });
};

const outcomes = `
The command reads the cluster as you, and changes nothing. docs/check.md explains each line.
Exit codes: 0 no errors, possibly warnings; 1 errors; 2 usage error; 3 the cluster cannot be reached, or does not accept your credentials.`;
