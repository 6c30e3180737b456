// The command lines of `job-executor connect` and `job-executor disconnect`.
import { type Command, Option } from "commander";
import type { Access } from "../../lib/kubernetes/kubeconfig.ts";
import type { CliContext } from "../context.ts";
import { gather } from "../options.ts";
import type { ConnectOptions } from "./ports.ts";

export const addConnect = (program: Command, { terminal, exit }: CliContext): void => {
  withCommonOptions(program.command("connect"))
    .description("have Keptn's webhook-service deliver a project's events, so that no pod of ours has to wait for them")
    .option(
      "--event <type>",
      "test, or sh.keptn.event.test.triggered; may be repeated; default: every task of the shipyard file",
      gather,
    )
    .option("--url <address>", "URL of Broker keptn, as webhook-service reaches it; default: the Broker in the cluster")
    .option("--allow", "remove lines from webhook-service's deny list that block the Broker")
    .option("--no-probe", "do not send a probe event")
    .option(
      "--look-every <time>",
      "look for lost events at this interval, even if nothing else wakes a function: 15m, 1h",
    )
    .option("--list", "list connections")
    .addHelpText("after", afterConnect)
    .action(async (options: ConnectOptions & Access) => {
      const [{ connect }, { listConnected }, { openPorts }] = await Promise.all([
        import("./handler.ts"),
        import("./list.ts"),
        import("./open.ts"),
      ]);
      const given = openPorts(options, terminal);
      exit(
        await given.explained(({ ports, options: whole }) =>
          whole.list ? listConnected(whole, ports, terminal) : connect(whole, ports, terminal),
        ),
      );
    });
};

export const addDisconnect = (program: Command, { terminal, exit }: CliContext): void => {
  withCommonOptions(program.command("disconnect"))
    .description("undo what connect did for a project, and nothing else")
    .addHelpText("after", afterDisconnect)
    .action(async (options: ConnectOptions & Access) => {
      const [{ disconnect }, { openPorts }] = await Promise.all([import("./disconnect.ts"), import("./open.ts")]);
      const given = openPorts(options, terminal);
      exit(await given.explained(({ ports, options: whole }) => disconnect(whole, ports, terminal)));
    });
};

const withCommonOptions = (command: Command): Command =>
  command
    .option("--project <name>", "the Keptn project")
    .option("--stage <name>", "only this stage")
    .option("--service <name>", "only this service")
    .option(
      "-n, --namespace <name>",
      "namespace of the functions; default: the namespace of the kubeconfig's context, or keptn-jes",
    )
    .option("--keptn-namespace <name>", "namespace of webhook-service", "keptn")
    .option("--dry-run", "print the steps, and change nothing")
    .addOption(new Option("--format <name>", "text, or text and JSON").choices(["text", "json"]).default("text"))
    .option("--kubeconfig <file>", "use instead of KUBECONFIG")
    .option("--context <name>", "use this context of the kubeconfig instead of the current one");

const afterConnect = `
Set KEPTN_API_ENDPOINT (including /api) and KEPTN_API_TOKEN in the environment. The command subscribes webhook-service, writes
webhook/webhook.yaml in the project's Git repository (other webhooks are kept), adds the project to ConfigMap job-executor-connections,
and sends a probe event. If run again, it changes only what differs, for example for a new task in the shipyard file. See
docs/webhook-route.md.
Exit codes: 0 connected; 1 not connected or not working; 2 usage error; 3 Keptn or the cluster cannot be reached or denies access.`;

const afterDisconnect = `
This removes the subscriptions, our part of webhook/webhook.yaml and the entry in ConfigMap job-executor-connections. With the last
project, it also undoes --allow and --look-every.
Exit codes: 0 disconnected; 1 a step failed; 2 usage error; 3 Keptn or the cluster cannot be reached or denies access.`;
