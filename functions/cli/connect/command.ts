// The command lines of `job-executor connect` and `job-executor disconnect`.
import { type Command, Option } from "commander";
import type { Access } from "../../io/kubernetes/kubeconfig.ts";
import type { CliContext } from "../context.ts";
import type { ConnectOptions } from "./ports.ts";

export const addConnect = (program: Command, { terminal, exit }: CliContext): void => {
  withCommonOptions(program.command("connect"))
    .description("lets Keptn's webhook-service bring a project's events, so that no pod of ours has to wait for them")
    .option(
      "--event <type>",
      "test, or sh.keptn.event.test.triggered; may be given again; by default every task of the shipyard file",
      gather,
    )
    .option("--url <address>", "of Broker keptn, as webhook-service reaches it; by default the one in the cluster")
    .option("--allow", "takes what keeps webhook-service from calling the Broker out of its deny list")
    .option("--no-probe", "sends no probe to see whether it works")
    .option("--look-every <time>", "looks for lost events also when nothing else wakes a function: 15m, 1h")
    .option("--list", "shows what is connected")
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
    .description("undoes what connect did for a project, and nothing else")
    .addHelpText("after", afterDisconnect)
    .action(async (options: ConnectOptions & Access) => {
      const [{ disconnect }, { openPorts }] = await Promise.all([import("./disconnect.ts"), import("./open.ts")]);
      const given = openPorts(options, terminal);
      exit(await given.explained(({ ports, options: whole }) => disconnect(whole, ports, terminal)));
    });
};

const withCommonOptions = (command: Command): Command =>
  command
    .option("--project <name>", "a project of Keptn's")
    .option("--stage <name>", "this stage of it alone")
    .option("--service <name>", "this service alone")
    .option(
      "-n, --namespace <name>",
      "where the functions are; by default the namespace of the kubeconfig's context, or keptn-jes",
    )
    .option("--keptn-namespace <name>", "where webhook-service is", "keptn")
    .option("--dry-run", "says what it would do, and changes nothing")
    .addOption(
      new Option("--format <name>", "lines for people, or JSON as well").choices(["text", "json"]).default("text"),
    )
    .option("--kubeconfig <file>", "in the place of KUBECONFIG")
    .option("--context <name>", "a context of the kubeconfig, in the place of its current one");

const gather = (value: string, before: readonly string[] = []): readonly string[] => [...before, value];

const afterConnect = `
Keptn is named by the environment: KEPTN_API_ENDPOINT (up to /api) and KEPTN_API_TOKEN. It subscribes webhook-service, writes webhook/webhook.yaml
in the project's Git repository (other people's webhooks stay), notes the project in ConfigMap job-executor-connections, and sends a
probe. Again, it changes what is not as it has to be (a task that the shipyard file got, for instance), and nothing else. See
docs/webhook-route.md.
Exit codes: 0 it is connected; 1 it is not, or does not work; 2 wrong usage; 3 Keptn or the cluster cannot be reached, or does not allow it.`;

const afterDisconnect = `
Subscriptions, our part of webhook/webhook.yaml, the note in ConfigMap job-executor-connections; with the last project also what --allow and
--look-every did. Exit codes: 0 it is not connected any more; 1 something is wrong; 2 wrong usage; 3 Keptn or the cluster cannot be reached,
or does not allow it.`;
