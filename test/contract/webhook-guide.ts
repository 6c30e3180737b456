// The part of docs/webhook-route.md that is done by hand, followed to the letter on a real Keptn.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { parse, stringify } from "yaml";
import type { KeptnUser } from "./keptn-user.ts";

const guide = readFileSync(new URL("../../docs/webhook-route.md", import.meta.url), "utf8");
const [, body = ""] = /-d '(\{.*\})'/.exec(guide) ?? [];
const [, file = ""] = /```yaml\n(.*?)```/s.exec(guide) ?? [];

export interface Route {
  readonly project: string;
  /** Each is subscribed to by its name. */
  readonly tasks: readonly string[];
  /** Of the Broker, or of who is in its place. */
  readonly url: string;
}

/** @returns what takes the subscriptions away */
export const followGuide = async (user: KeptnUser, { project, tasks, url }: Route): Promise<() => Promise<void>> => {
  const { spec, ...rest } = parse(file);
  const [shown] = spec.webhooks;
  assert.deepEqual([shown.type, body.includes("'$task'")], ["sh.keptn.event.deployment.triggered", true]);
  const subscriptions: { type: string; id: string; remove(): Promise<void> }[] = [];
  for (const task of tasks) {
    const subscription = JSON.parse(body.replace("'$task'", task).replace("sockshop", project));
    subscriptions.push({ type: subscription.event, ...(await user.subscribe("webhook-service", subscription)) });
  }
  const webhooks = subscriptions.map(({ type, id }) => ({
    ...{ ...shown, type, subscriptionID: id },
    requests: [{ ...shown.requests[0], url }],
  }));
  await user.addFiles({ project }, { "webhook/webhook.yaml": stringify({ ...rest, spec: { webhooks } }) });
  return async () => {
    for (const { remove } of subscriptions) await remove();
  };
};
