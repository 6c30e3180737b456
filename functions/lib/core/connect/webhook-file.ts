// Edits `webhook/webhook.yaml` as webhook-service reads it (lib/webhook_config.go): adds and removes our webhooks, and keeps everything else.
import { Document, isMap, isSeq, parseDocument, type YAMLMap, type YAMLSeq } from "yaml";

export const webhookFile = "webhook/webhook.yaml";

export interface Webhook {
  readonly type: string;
  readonly subscriptionID: string;
  readonly url: string;
  /** curl options. */
  readonly options: string;
}

export interface KnownWebhook extends Webhook {
  /** It sends thin CloudEvents with the event's identity only, which only ours do. */
  readonly isOurs: boolean;
}

/** Why the file cannot be changed. */
export interface Unreadable {
  readonly problem: string;
}

export interface Change {
  readonly put: readonly Webhook[];
  /** Ids of subscriptions whose webhooks are removed. */
  readonly remove: readonly string[];
}

const versions = ["webhookconfig.keptn.sh/v1beta1", "webhookconfig.keptn.sh/v1alpha1"];

export const readWebhooks = (text: string | undefined): readonly KnownWebhook[] | Unreadable => {
  const opened = open(text);
  return "problem" in opened ? opened : opened.webhooks.items.map((_, index) => known(opened.webhooks, index));
};

/** @returns the file's new text; undefined if no webhooks are left, which webhook-service would not accept */
export const changeWebhooks = (
  text: string | undefined,
  { put, remove }: Change,
): { readonly text: string | undefined } | Unreadable => {
  const opened = open(text);
  if ("problem" in opened) return opened;
  const { document, webhooks } = opened;
  const goes = new Set([...remove, ...put.map(({ subscriptionID }) => subscriptionID)]);
  const kept = webhooks.items.filter((_, index) => !goes.has(known(webhooks, index).subscriptionID));
  webhooks.items = [...kept, ...put.map((webhook) => document.createNode(makeEntry(webhook)))];
  webhooks.flow = false;
  if (webhooks.items.length === 0) return { text: undefined };
  return { text: document.toString({ lineWidth: 0, flowCollectionPadding: isPadded(text) }) };
};

/** Keeps the file's own style, `{ name: chat }` or `{name: chat}`. */
const isPadded = (text = ""): boolean => !/[{[][\w"'].*[}\]]/.test(text.replace(/\{\{.*?\}\}/g, ""));

const open = (text: string | undefined): { document: Document; webhooks: YAMLSeq<unknown> } | Unreadable => {
  const document: Document = text?.trim() ? parseDocument(text) : new Document(empty);
  if (document.errors.length > 0)
    return { problem: `It is not valid YAML: ${document.errors[0]?.message.split("\n")[0]}` };
  const version = document.get("apiVersion");
  const accepted = `webhook-service accepts only ${versions.join(" and ")}`;
  if (!versions.includes(String(version)))
    return { problem: `Its apiVersion is ${version ?? "missing"}, but ${accepted}.` };
  if (document.getIn(["spec", "webhooks"]) == null) document.setIn(["spec", "webhooks"], document.createNode([]));
  const webhooks = document.getIn(["spec", "webhooks"]);
  return isSeq(webhooks) ? { document, webhooks } : { problem: "Its spec.webhooks is not a list." };
};

const empty = {
  apiVersion: versions[0],
  kind: "WebhookConfig",
  metadata: { name: "job-executor" },
  spec: { webhooks: [] },
};

const known = (webhooks: YAMLSeq<unknown>, index: number): KnownWebhook => {
  const entry = webhooks.items[index];
  const value = isMap(entry) ? ((entry as YAMLMap).toJSON() as Partial<Entry>) : {};
  const [request] = Array.isArray(value.requests) ? value.requests : [];
  const headers = Array.isArray(request?.headers) ? request.headers : [];
  const isOurs = headers.some((header) => header?.key === "ce-id" && String(header?.value).includes("{{.id}}"));
  const text = (given: unknown) => (typeof given === "string" ? given : "");
  const [type, subscriptionID] = [text(value.type), text(value.subscriptionID)];
  return { type, subscriptionID, isOurs, url: text(request?.url), options: text(request?.options) };
};

type Entry = ReturnType<typeof makeEntry>;

/**
 * Sends a thin event, because webhook-service's templates cannot encode JSON, and a quote in the data would break the call. It does not
 * send `.started` or `.finished`, which start-job and finish-task send.
 */
const makeEntry = ({ type, subscriptionID, url, options }: Webhook) => ({
  type,
  subscriptionID,
  sendStarted: false,
  sendFinished: false,
  requests: [
    {
      url,
      method: "POST",
      headers: [
        { key: "ce-specversion", value: "1.0" },
        { key: "ce-id", value: "{{.id}}" },
        { key: "ce-type", value: "{{.type}}" },
        { key: "ce-source", value: "{{.source}}" },
        { key: "Content-Type", value: "application/json" },
      ],
      payload: '{"project":"{{.data.project}}"}',
      options,
    },
  ],
});
