// Brings webhook-service's subscriptions and the file to what is planned, in an order in which no event can fail.
import {
  type ConnectPlan,
  makeWebhook,
  missingWebhooks,
  pendingBody,
  subscriptionBody,
} from "../../core/connect/plan-connect.ts";
import { describeSelection } from "../../core/connect/selection.ts";
import { changeWebhooks, type Webhook, webhookFile } from "../../core/connect/webhook-file.ts";
import type { Sight } from "./look-at-keptn.ts";
import type { Session } from "./ports.ts";

/** webhook-service asks for its subscriptions every 5 s (go-sdk, subscriptionsource.go). */
export const heardMs = 6_000;

/**
 * First the subscriptions, for a stage that no project has; then the file, which names them; then their real filter. What goes, goes
 * the other way round. Whoever is interrupted runs the command again. @throws IoError
 */
export const subscribe = async (session: Session, plan: ConnectPlan, url: string, sight: Sight): Promise<void> => {
  const { report, options } = session;
  const wanted: Wanted[] = [];
  for (const one of plan.wanted) wanted.push({ ...one, id: one.id ?? (await create(session, one.event)) });
  await unsubscribe(session, plan.unwanted);
  const webhooks = wanted.map(({ event, id }) => makeWebhook(event, id, url));
  const put = missingWebhooks(sight.webhooks, webhooks);
  await writeFile(session, sight, { put, remove: [...plan.unwanted.map(({ id }) => id), ...plan.orphans] });
  for (const { event, id, isPending } of wanted) {
    if (isPending === false) report.add("ok", `Subscription to ${event} is there (${id}).`);
    else if (!options.dryRun) {
      await session.ports.keptn.update(session.integration, id, subscriptionBody(session.selection, event));
      report.add("done", `Subscription to ${event} made (${id}).`);
    }
  }
};

interface Wanted {
  readonly event: string;
  readonly id: string;
  readonly isPending?: boolean;
}

const create = async ({ ports, integration, selection, options, report }: Session, event: string): Promise<string> => {
  if (!options.dryRun) return ports.keptn.create(integration, pendingBody(selection, event));
  report.add("would", `Subscribe webhook-service to ${event} of ${describeSelection(selection)}.`);
  return "the-id-that-keptn-gives";
};

/** @throws IoError */
export const unsubscribe = async (session: Session, unwanted: ConnectPlan["unwanted"]): Promise<void> => {
  const { ports, integration, report, options } = session;
  for (const { id, event } of unwanted) {
    if (options.dryRun) report.add("would", `Remove the subscription to ${event} (${id}).`);
    else {
      await ports.keptn.remove(integration, id);
      report.add("done", `Subscription to ${event} removed (${id}).`);
    }
  }
  // An event that comes until webhook-service knows has to find its webhook.
  if (unwanted.length > 0 && !options.dryRun) await ports.sleep(heardMs);
};

interface FileChange {
  readonly put: readonly Webhook[];
  readonly remove: readonly string[];
}

/** @throws IoError */
export const writeFile = async (session: Session, sight: Sight, { put, remove }: FileChange): Promise<void> => {
  const { ports, selection, report, options } = session;
  const name = `${webhookFile} of ${fileOwner(session)}`;
  const goes = remove.filter((id) => sight.webhooks.some(({ subscriptionID }) => subscriptionID === id));
  if (put.length + goes.length === 0) {
    if (sight.webhooks.some(({ isOurs }) => isOurs)) report.add("ok", `${name} has our webhooks.`);
    return;
  }
  const changed = changeWebhooks(sight.fileText, { put, remove: goes });
  if ("problem" in changed) throw new Error(changed.problem); // it was read before
  const others = sight.webhooks.filter(({ isOurs }) => !isOurs).length;
  const kept = others === 0 ? "" : ` ${others} of others stay${others === 1 ? "s" : ""}.`;
  const what = `${put.length > 0 ? `${put.length} of our webhooks written` : ""}${put.length > 0 && goes.length > 0 ? ", " : ""}${goes.length > 0 ? `${goes.length} removed` : ""}`;
  if (options.dryRun) return report.add("would", `${name}: ${what}.${kept}`);
  if (changed.text === undefined) await ports.keptn.deleteFile(selection);
  else await ports.keptn.writeFile(selection, changed.text);
  report.add("done", `${name}: ${what}.${kept}`);
};

const fileOwner = ({ selection }: Session): string => {
  const { project, stage, service } = selection;
  return describeSelection(stage === undefined ? { project } : { project, stage, ...(service ? { service } : {}) });
};
