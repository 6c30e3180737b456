// The command line of `job-executor runs`.
import { setTimeout } from "node:timers/promises";
import { type Command, InvalidArgumentError, Option } from "commander";
import type { Access } from "../../io/kubernetes/kubeconfig.ts";
import type { CliContext } from "../context.ts";
import type { RunsOptions } from "./handler.ts";
import type { Sleep } from "./watch.ts";

export const addRuns = (program: Command, { terminal, exit }: CliContext): void => {
  program
    .command("runs")
    .description("lists the runs of a cluster, open and recent ones, and says why one is stuck")
    .argument("[run]", "one run at length: its id, its event's or its Keptn context, or the beginning of one")
    .option("-n, --namespace <name>", "where the Jobs are; by default the namespace of the kubeconfig's context")
    .option("-A, --all-namespaces", "looks at all namespaces")
    .option("-w, --watch", "goes on looking; at one run until it is over")
    .option("--recent <number>", "how many reported runs are listed", wholeNumber, 20)
    .addOption(
      new Option("-o, --output <name>", "a table, JSON, or a Mermaid gantt diagram")
        .choices(["table", "json", "mermaid"])
        .default("table"),
    )
    .option("--kubeconfig <file>", "in the place of KUBECONFIG")
    .option("--context <name>", "a context of the kubeconfig, in the place of its current one")
    .addHelpText("after", outcomes)
    .action(async (wanted: string | undefined, options: RunsOptions & Access) => {
      const [{ runs }, { openCluster }] = await Promise.all([import("./handler.ts"), import("./cluster.ts")]);
      const sleep: Sleep = (ms, signal) => setTimeout(ms, undefined, { signal }).catch(() => undefined);
      exit(await runs({ wanted, options, cluster: openCluster(options, terminal.env), sleep }, terminal));
    });
};

const wholeNumber = (text: string): number => {
  if (!/^\d{1,6}$/.test(text)) throw new InvalidArgumentError("It is not a whole number.");
  return Number(text);
};

const outcomes = `
Exit codes: 0 the runs were listed; with --watch and a run: it passed, 1 it did not; 2 wrong usage, no such run;
3 the cluster cannot be reached, or does not allow it; 130 interrupted while it waited for a run.`;
