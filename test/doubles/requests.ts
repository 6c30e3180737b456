// Requests as Knative makes them of events: an ApiServerSource of a change, a PingSource of its tick, a Broker of a Keptn event.
import { randomUUID } from "node:crypto";
import type { Job } from "../../functions/lib/core/kubernetes.ts";

export interface EventRequest {
  readonly method: "POST" | "PUT";
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** In mode Resource (eventing: pkg/adapter/apiserver/events). */
export const requestOfChange = (type: "add" | "update" | "delete", job: Job): EventRequest => {
  const { namespace = "", name = "" } = job.metadata ?? {};
  return {
    method: "POST",
    headers: {
      "ce-specversion": "1.0",
      "ce-id": randomUUID(),
      "ce-type": `dev.knative.apiserver.resource.${type}`,
      "ce-source": "https://10.96.0.1:443",
      "ce-subject": `/apis/batch/v1/namespaces/${namespace}/jobs/${name}`,
      "ce-kind": "Job",
      "ce-apiversion": "batch/v1",
      "ce-name": name,
      "ce-namespace": namespace,
      "kn-namespace": namespace,
      "content-type": "application/json",
    },
    body: JSON.stringify({ apiVersion: "batch/v1", kind: "Job", ...job }),
  };
};

export const requestOfSweep = (): EventRequest => ({
  method: "POST",
  headers: {
    "ce-specversion": "1.0",
    "ce-id": randomUUID(),
    "ce-type": "dev.knative.sources.ping",
    "ce-source": "/apis/v1/namespaces/default/pingsources/job-executor-sweep",
    "content-type": "application/json",
  },
  body: JSON.stringify({ action: "sweep" }),
});

/** Attributes in headers, data in the body: as Brokers send by default. */
export const requestOfEvent = ({ data, ...attributes }: Record<string, unknown>): EventRequest => ({
  method: "POST",
  headers: {
    ...Object.fromEntries(Object.entries(attributes).map(([name, value]) => [`ce-${name}`, String(value)])),
    "content-type": "application/json",
  },
  body: JSON.stringify(data),
});

/** All in the body. */
export const structuredRequestOf = (event: object): EventRequest => ({
  method: "POST",
  headers: { "content-type": "application/cloudevents+json" },
  body: JSON.stringify(event),
});
