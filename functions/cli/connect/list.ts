// job-executor connect --list: the connections, read from Keptn itself.
import { probeType } from "../../lib/core/connect/probe.ts";
import { type Selection, selectionOf } from "../../lib/core/connect/selection.ts";
import { type KnownWebhook, readWebhooks, webhookFile } from "../../lib/core/connect/webhook-file.ts";
import type { Webhooks } from "../../lib/keptn/webhooks.ts";
import { type ExitCode, exitCode } from "../exit-codes.ts";
import { type Column, renderColumns } from "../runs/columns.ts";
import type { Terminal } from "../terminal.ts";
import { missingTasks, overlapLines } from "./list-warnings.ts";
import type { ConnectOptions, ConnectPorts } from "./ports.ts";

interface Row extends Selection {
  readonly event: string;
  readonly url: string;
}

/** @throws IoError */
export const listConnected = async (
  options: ConnectOptions,
  ports: ConnectPorts,
  terminal: Terminal,
): Promise<ExitCode> => {
  const { keptn } = ports;
  const integration = await keptn.findIntegration();
  const subscriptions = (integration?.subscriptions ?? []).filter(({ event }) => event !== probeType);
  const rows: Row[] = [];
  const read = readOnce(keptn, terminal);
  for (const subscription of subscriptions) {
    const selection = selectionOf(subscription.filter);
    if (!selection || (options.project && selection.project !== options.project)) continue;
    const webhooks = await read(selection);
    const webhook = webhooks.find(({ subscriptionID, isOurs }) => isOurs && subscriptionID === subscription.id);
    if (webhook) rows.push({ ...selection, event: subscription.event, url: webhook.url });
  }
  if (options.format === "json") terminal.print(JSON.stringify(rows, undefined, 2));
  else if (rows.length > 0) terminal.print(renderColumns(columns, rows, undefined).join("\n"));
  if (rows.length === 0)
    terminal.say("Nothing is connected. To connect a project: job-executor connect --project NAME");
  for (const line of await missingTasks(rows, ports, options)) terminal.say(line);
  for (const line of overlapLines(integration?.subscriptions ?? [])) terminal.say(line);
  return exitCode.ok;
};

/** Reads each file once, since several subscriptions share it. */
const readOnce = (keptn: Webhooks, { say }: Terminal) => {
  const files = new Map<string, Promise<readonly KnownWebhook[]>>();
  return (selection: Selection): Promise<readonly KnownWebhook[]> => {
    const key = JSON.stringify(selection);
    const known =
      files.get(key) ??
      keptn.readFile(selection).then((text) => {
        const webhooks = readWebhooks(text);
        if (!("problem" in webhooks)) return webhooks;
        say(`${webhookFile} of project ${selection.project} cannot be read. ${webhooks.problem}`);
        return [];
      });
    files.set(key, known);
    return known;
  };
};

const columns: readonly Column<Row>[] = [
  { title: "PROJECT", cell: ({ project }) => project },
  { title: "STAGE", cell: ({ stage = "*" }) => stage },
  { title: "SERVICE", cell: ({ service = "*" }) => service },
  { title: "EVENT", cell: ({ event }) => event },
  { title: "TO", cell: ({ url }) => url },
];
