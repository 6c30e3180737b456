// The command line of `job-executor check`.
import { setTimeout } from "node:timers/promises";
import { type Command, Option } from "commander";
import type { Access } from "../../io/kubernetes/kubeconfig.ts";
import type { CliContext } from "../context.ts";
import type { CheckOptions } from "./handler.ts";

export const addCheck = (program: Command, { terminal, exit }: CliContext): void => {
  program
    .command("check")
    .description("looks at an installation in a cluster, and says what is wrong and how to mend it")
    .option("-n, --namespace <name>", "where it is; by default the namespace of the kubeconfig's context, or keptn-jes")
    .addOption(
      new Option("--format <name>", "lines for people, or JSON for programs").choices(["text", "json"]).default("text"),
    )
    .option("--dry-event", "sends an event that nothing comes of to start-job, by way of the Broker", true)
    .option("--no-dry-event", "only looks: no function is woken")
    .option("--kubeconfig <file>", "in the place of KUBECONFIG")
    .option("--context <name>", "a context of the kubeconfig, in the place of its current one")
    .addHelpText("after", outcomes)
    .action(async (options: CheckOptions & Access) => {
      const [{ check }, { openInstallation }] = await Promise.all([import("./handler.ts"), import("./cluster.ts")]);
      const sleep = (ms: number) => setTimeout(ms).then(() => undefined);
      exit(await check({ options, cluster: openInstallation(options, terminal.env), sleep }, terminal));
    });
};

const outcomes = `
It reads the cluster as you, and changes nothing. docs/check.md says what each line means.
Exit codes: 0 no errors, perhaps warnings; 1 errors; 2 wrong usage; 3 the cluster cannot be reached, or does not know you.`;
