// What a user would otherwise have: the libraries as their READMEs import them, under the runtime as its README starts it.
import { BatchV1Api, KubeConfig } from "@kubernetes/client-node";
import { CloudEvent } from "cloudevents";
import faas from "faas-js-runtime";
import { parse } from "yaml";
import { z } from "zod";

const config = new KubeConfig();
config.loadFromDefault();
const jobs = config.makeApiClient(BatchV1Api);
const jobConfig = z.object({ apiVersion: z.literal("v2"), actions: z.array(z.object({ name: z.string() })) });

const plan = async (context: unknown, event: CloudEvent<{ config?: string; namespace: string }>) => {
  if (!(event instanceof CloudEvent) || !event.data?.config) return undefined;
  for (const { name } of jobConfig.parse(parse(event.data.config)).actions) {
    const spec = { template: { spec: { restartPolicy: "Never", containers: [{ name, image: name }] } } };
    await jobs.createNamespacedJob({ namespace: event.data.namespace, body: { metadata: { name }, spec } });
  }
  return context;
};

await faas.start(plan as never, { port: Number(process.env["PORT"]) });
