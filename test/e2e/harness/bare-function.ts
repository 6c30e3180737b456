// A bare node:http function behind the installation's Broker: what Knative alone needs from nothing to a handled event.
import { randomUUID } from "node:crypto";
import type { KubernetesApi } from "../../../functions/lib/kubernetes/api.ts";
import { until } from "../../cluster/harness/world.ts";
import type { Installation } from "./installation.ts";

const name = "bare";
const type = "job-executor.test.bare";
/** Logs when each request arrives: all processes of this machine have one clock. */
const program = `require("node:http").createServer((request, response) => {
  if (request.method === "POST") console.log(Date.now());
  response.writeHead(204).end();
}).listen(process.env.PORT);`;

/** @param image has Node at /bin/node */
export const applyBareFunction = async ({ applyObject, kubectl }: Installation, image: string): Promise<void> => {
  const securityContext = {
    ...{ allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] }, readOnlyRootFilesystem: true },
    ...{ runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } },
  };
  const command = ["/bin/node", "-e", program];
  const container = { image, command, ports: [{ containerPort: 8080 }], securityContext };
  const annotations = { "autoscaling.knative.dev/window": "6s" };
  const labels = { "networking.knative.dev/visibility": "cluster-local" };
  await applyObject({
    ...{ apiVersion: "serving.knative.dev/v1", kind: "Service", metadata: { name, labels } },
    spec: { template: { metadata: { annotations }, spec: { containers: [container] } } },
  });
  const ref = { apiVersion: "serving.knative.dev/v1", kind: "Service", name };
  await applyObject({
    ...{ apiVersion: "eventing.knative.dev/v1", kind: "Trigger", metadata: { name } },
    spec: { broker: "keptn", filters: [{ exact: { type } }], subscriber: { ref } },
  });
  await kubectl("wait", "--for=condition=Ready", "--timeout=180s", `ksvc/${name}`, `trigger/${name}`);
};

/** @returns milliseconds from the event's arrival at the Broker until the function, which has no pod, gets it */
export const callBareFunction = async (api: KubernetesApi, installation: Installation): Promise<number> => {
  const body = { specversion: "1.0", id: randomUUID(), type, source: "test", data: {} };
  const ingress = "/api/v1/namespaces/knative-eventing/services/http:broker-ingress:80/proxy";
  const sentMs = Date.now();
  const path = `${ingress}/${installation.namespace}/keptn`;
  await api.call({ method: "POST", path, body, contentType: "application/cloudevents+json", unread: true });
  let atMs = Number.NaN;
  await until("the bare function got its event", async () => {
    const select = ["-l", `serving.knative.dev/service=${name}`, "-c", "user-container"];
    atMs = Number.parseInt(await installation.kubectl("logs", ...select).catch(() => ""), 10);
    return atMs > sentMs;
  });
  return atMs - sentMs;
};
