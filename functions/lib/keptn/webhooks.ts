// Keptn's side of the webhook route: webhook-service's subscriptions, `webhook/webhook.yaml` in Git, and the probe.
import * as z from "zod";
import { probeType } from "../core/connect/probe.ts";
import type { Selection, WebhookSubscription } from "../core/connect/selection.ts";
import { webhookFile } from "../core/connect/webhook-file.ts";
import type { KeptnApi } from "./api.ts";
import { deleteResource, getResource, type Place, putResource } from "./resources.ts";
import { anything, orEmpty } from "./shape.ts";
import { subscriptionShape } from "./subscriptions.ts";

interface Integration {
  readonly id: string;
  readonly subscriptions: readonly WebhookSubscription[];
}

interface ProjectOutline {
  readonly stages: readonly { readonly name: string; readonly services: readonly string[] }[];
}

export interface ProbeAnswer {
  readonly from: string;
  readonly result: string;
  readonly message: string;
}

type Body = Omit<WebhookSubscription, "id">;

/** Each throws IoError. */
export interface Webhooks {
  /** @returns undefined if the project does not exist */
  getProject(name: string): Promise<ProjectOutline | undefined>;
  /** Read from Git, because the project's own record is as old as its last sequence. */
  readShipyard(project: string): Promise<string>;
  /** webhook-service's registration; undefined: it is not installed, or never registered. */
  findIntegration(): Promise<Integration | undefined>;
  create(integration: string, subscription: Body): Promise<string>;
  remove(integration: string, id: string): Promise<void>;
  readFile(at: Selection): Promise<string | undefined>;
  writeFile(at: Selection, text: string): Promise<void>;
  deleteFile(at: Selection): Promise<void>;
  /** @returns Keptn's context of the probe */
  sendProbe(at: Required<Selection>, source: string): Promise<string>;
  listAnswers(context: string): Promise<readonly ProbeAnswer[]>;
}

const registration = "controlPlane/v1/uniform/registration";

export const connectWebhooks = (api: KeptnApi): Webhooks => ({
  getProject: (name) =>
    api.call<ProjectOutline | undefined>({
      path: `controlPlane/v1/project/${encodeURIComponent(name)}`,
      shape: project,
      absent: { messages: [`Project not found: ${name}`], value: undefined },
    }),
  readShipyard: async (name) =>
    (await getResource(api, placeOf({ project: name }), "shipyard.yaml"))?.toString("utf8") ?? "",
  findIntegration: async () => {
    const found = await api.call({ path: `${registration}?name=webhook-service`, shape: integrations });
    return found.toSorted((one, other) => seenMs(other) - seenMs(one))[0];
  },
  create: async (integration, body) =>
    (await api.call({ method: "POST", path: pathOf(integration), body, shape: z.object({ id: z.string() }) })).id,
  remove: async (integration, id) => {
    await api.call({ method: "DELETE", path: pathOf(integration, id), shape: anything });
  },
  readFile: async (at) => (await getResource(api, placeOf(at), webhookFile))?.toString("utf8"),
  writeFile: (at, text) => putResource(api, placeOf(at), webhookFile, Buffer.from(text)),
  deleteFile: (at) => deleteResource(api, placeOf(at), webhookFile),
  sendProbe: async (data, source) => {
    const event = { specversion: "1.0", type: probeType, source, contenttype: "application/json", data };
    const sent = z.object({ keptnContext: z.string() });
    return (await api.call({ method: "POST", path: "v1/event", body: event, shape: sent })).keptnContext;
  },
  listAnswers: async (keptnContext) => {
    const query = new URLSearchParams({ keptnContext, pageSize: "100" });
    const { events } = await api.call({ path: `mongodb-datastore/event?${query}`, shape: stored });
    const answers = events.filter(({ type }) => type.endsWith(".finished"));
    return answers.map(({ source, data }) => ({
      from: source,
      result: data?.result ?? "",
      message: data?.message ?? "",
    }));
  },
});

const pathOf = (integration: string, id?: string): string =>
  `${registration}/${encodeURIComponent(integration)}/subscription${id === undefined ? "" : `/${encodeURIComponent(id)}`}`;

/** webhook-service reads the service's level first, then the stage's and the project's. A service without a stage has no level of its own. */
const placeOf = ({ project, stage, service }: Selection): Place => {
  const scope = { project, stage: stage ?? "", service: service ?? "" };
  if (stage === undefined) return { level: "project", scope };
  return { level: service === undefined ? "stage" : "service", scope };
};

const integrations = z.array(
  z.object({
    id: z.string(),
    metadata: z.object({ lastseen: z.string().nullish() }).nullish(),
    subscriptions: orEmpty(z.array(subscriptionShape.extend({ id: z.string() }))),
  }),
);

const seenMs = ({ metadata }: z.output<typeof integrations>[number]): number =>
  Date.parse(metadata?.lastseen ?? "") || 0;

const service = z.object({ serviceName: z.string() }).transform(({ serviceName }) => serviceName);
const stage = z
  .object({ stageName: z.string(), services: orEmpty(z.array(service)) })
  .transform(({ stageName, services }) => ({ name: stageName, services }));
const project = z.object({ stages: orEmpty(z.array(stage)) });

const answerData = z.object({ result: z.string().optional(), message: z.string().optional() });
const stored = z.object({
  events: orEmpty(z.array(z.object({ type: z.string(), source: z.string(), data: answerData.nullish() }))),
});
