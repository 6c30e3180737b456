// Applies the plan to webhook-service's subscriptions and file, in an order in which no event can fail.
import {
  type ConnectPlan,
  makeWebhook,
  missingWebhooks,
  subscriptionBody,
} from "../../lib/core/connect/plan-connect.ts";
import { describeSelection, type WebhookSubscription } from "../../lib/core/connect/selection.ts";
import { changeWebhooks, type Webhook, webhookFile } from "../../lib/core/connect/webhook-file.ts";
import { plural } from "../lint/render.ts";
import type { Session } from "./ports.ts";
import type { KeptnView } from "./read-keptn.ts";

/** webhook-service polls its subscriptions every 5 s (go-sdk, subscriptionsource.go). */
export const heardMs = 6_000;

/**
 * A subscription delivers events at once, and an event without a webhook fails (webhook-service, onPreExecutionError). So the file is
 * written right after the subscription is created, before webhook-service polls it. Removal goes in reverse order. After an
 * interruption, run the command again. @throws IoError
 */
export const subscribe = async (
  session: Session,
  plan: ConnectPlan,
  url: string,
  keptnView: KeptnView,
): Promise<void> => {
  const removed = await unsubscribe(session, plan.unwanted);
  const made: string[] = [];
  const remove = [...removed, ...plan.orphans];
  try {
    const webhooks: Webhook[] = [];
    for (const { event, id } of plan.wanted) {
      if (id !== undefined) session.report.add("ok", `Subscription to ${event} exists (${id}).`);
      const own = id ?? (await create(session, event));
      if (id === undefined) made.push(own);
      webhooks.push(makeWebhook(event, own, url));
    }
    await writeFile(session, keptnView, { put: missingWebhooks(keptnView.webhooks, webhooks), remove });
  } catch (fault) {
    await takeBack(session, made);
    throw fault;
  }
};

const create = async ({ ports, integration, selection, options, report }: Session, event: string): Promise<string> => {
  if (options.dryRun) {
    report.add("would", `Subscribe webhook-service to ${event} of ${describeSelection(selection)}.`);
    return "the-id-that-keptn-gives";
  }
  const id = await ports.keptn.create(integration, subscriptionBody(selection, event));
  report.add("done", `Created subscription to ${event} (${id}).`);
  return id;
};

/** Without its webhook, every event of a subscription would fail. */
const takeBack = async ({ ports, integration, report, options }: Session, made: readonly string[]): Promise<void> => {
  if (options.dryRun) return;
  for (const id of made) {
    await ports.keptn.remove(integration, id);
    report.add("done", `Removed subscription ${id} again, because its webhook could not be written.`);
  }
};

/** @returns ids of removed subscriptions, whose webhooks can be removed too @throws IoError */
export const unsubscribe = async (session: Session, unwanted: ConnectPlan["unwanted"]): Promise<readonly string[]> => {
  const { ports, integration, report, options } = session;
  if (unwanted.length === 0) return [];
  for (const { id, event } of unwanted) {
    if (options.dryRun) report.add("would", `Remove the subscription to ${event} (${id}).`);
    else await ports.keptn.remove(integration, id);
  }
  if (options.dryRun) return unwanted.map(({ id }) => id);
  await ports.sleep(heardMs); // events that arrive before webhook-service polls need their webhook
  const left = (await ports.keptn.findIntegration())?.subscriptions ?? [];
  const isLeft = ({ id }: WebhookSubscription) => left.some((one) => one.id === id);
  for (const one of unwanted) {
    if (isLeft(one)) report.add("error", renderLeft(one), removeInBridge);
    else report.add("done", `Removed subscription to ${one.event} (${one.id}).`);
  }
  return unwanted.filter((one) => !isLeft(one)).map(({ id }) => id);
};

const renderLeft = ({ event, id }: WebhookSubscription): string =>
  `Keptn reported that it removed the subscription to ${event} (${id}), but still has it. Its webhook stays: without it, every event of the subscription would fail.`;

const removeInBridge = "Remove the subscription in Keptn's Bridge (Uniform, webhook-service), and run this again.";

/** @throws IoError */
export const writeFile = async (
  session: Session,
  keptnView: KeptnView,
  { put, remove }: { readonly put: readonly Webhook[]; readonly remove: readonly string[] },
): Promise<void> => {
  const { ports, selection, report } = session;
  const { project, stage } = selection;
  const name = `${webhookFile} of ${describeSelection(stage === undefined ? { project } : selection)}`;
  const goes = remove.filter((id) => keptnView.webhooks.some(({ subscriptionID }) => subscriptionID === id));
  if (put.length + goes.length === 0) {
    if (keptnView.webhooks.some(({ isOurs }) => isOurs)) report.add("ok", `${name} has our webhooks.`);
    return;
  }
  const changed = changeWebhooks(keptnView.fileText, { put, remove: goes });
  if ("problem" in changed) throw new Error(changed.problem); // was readable before
  const others = keptnView.webhooks.filter(({ isOurs }) => !isOurs).length;
  const kept = others === 0 ? "" : ` Kept ${plural(others, "other webhook")}.`;
  const written = put.length > 0 ? [`${put.length} of our webhooks written`] : [];
  const removed = goes.length > 0 ? [`${goes.length} removed`] : [];
  const said = `${name}: ${[...written, ...removed].join(", ")}.${kept}`;
  const { text } = changed;
  await report.change({ would: said, done: said }, () =>
    text === undefined ? ports.keptn.deleteFile(selection) : ports.keptn.writeFile(selection, text),
  );
};
