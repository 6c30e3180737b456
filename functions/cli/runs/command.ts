// The command line of `job-executor runs`.
import { setTimeout } from "node:timers/promises";
import { type Command, InvalidArgumentError, Option } from "commander";
import type { Access } from "../../lib/kubernetes/kubeconfig.ts";
import type { CliContext } from "../context.ts";
import type { RunsOptions } from "./handler.ts";
import type { Sleep } from "./watch.ts";

export const addRuns = (program: Command, { terminal, exit }: CliContext): void => {
  program
    .command("runs")
    .description("list a cluster's open and recent runs, and explain why a run is stuck")
    .argument("[run]", "show one run in detail, by run id, event id or Keptn context, or the beginning of one")
    .option("-n, --namespace <name>", "namespace of the Jobs; default: the namespace of the kubeconfig's context")
    .option("-A, --all-namespaces", "list all namespaces")
    .option("-w, --watch", "keep updating; for one run, until it ends")
    .option("--recent <number>", "number of reported runs to list", wholeNumber, 20)
    .addOption(
      new Option("-o, --output <name>", "a table, JSON, or a Mermaid gantt diagram")
        .choices(["table", "json", "mermaid"])
        .default("table"),
    )
    .option("--kubeconfig <file>", "use instead of KUBECONFIG")
    .option("--context <name>", "use this context of the kubeconfig instead of the current one")
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
Exit codes: 0 the runs were listed; with --watch and a run: 0 it passed, 1 it did not; 2 usage error, or no such run;
3 the cluster cannot be reached or denies access; 130 interrupted while waiting for a run.`;
