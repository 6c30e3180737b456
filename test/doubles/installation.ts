// An installation of ours on the Kubernetes double, as the manifests and Knative's controllers make it, with what can be wrong with it.
import { type ApiServer, startApiServer } from "./kubernetes/api-server.ts";
import type { ObjectStore } from "./kubernetes/object-store.ts";
import { type Answer, type Asked, refuse } from "./kubernetes/requests.ts";

export interface TestInstallation extends ApiServer {
  /** What start-job writes when an event reached it; undefined: it says nothing. */
  logLine: (id: string) => object | undefined;
  /** What keptn-source writes. */
  sourceLog: readonly object[];
  /** Whether the API server lets a service account do something. */
  allows: (attributes: Readonly<Record<string, string>>) => boolean;
  /** Kinds that may not be read, and `reviews`, `proxy`. */
  readonly forbidden: Set<string>;
  /** Headers of requests for Secrets. */
  readonly secretsAskedAs: string[];
  /** Events that came to the Broker. */
  readonly events: Record<string, unknown>[];
  /** Versions of kueue.x-k8s.io that are served. */
  kueue: readonly string[];
}

const knative = ["brokers", "triggers", "apiserversources", "sinkbindings", "pingsources"];
const groups = ["serving.knative.dev", "eventing.knative.dev", "sources.knative.dev"];

/** @param options.affixed what the overlay made of a name: Kustomize's namePrefix and nameSuffix */
export const startInstallation = async ({
  withKnative = true,
  affixed = (name: string) => name,
} = {}): Promise<TestInstallation> => {
  const state = {
    logLine: (id: string): object | undefined => ({
      level: "info",
      message: `ignored: Keptn has no open event ${id}`,
    }),
    sourceLog: [{ level: "info", message: "subscriptions", subscriptions: [{ event: "sh.keptn.event.*.triggered" }] }],
    allows: (): boolean => true,
    kueue: [] as readonly string[],
    ...{ forbidden: new Set<string>(), secretsAskedAs: [] as string[], events: [] as Record<string, unknown>[] },
  };
  const answerFirst = (asked: Asked): Answer | undefined => answer(asked, installation, withKnative);
  const server = await startApiServer({ without: withKnative ? [] : [...knative, "services"], answerFirst });
  const installation: TestInstallation = Object.assign(server, state);
  if (withKnative) install(server.store, affixed);
  return installation;
};

const answer = (asked: Asked, installation: TestInstallation, withKnative: boolean): Answer | undefined => {
  const { path } = asked;
  const resource = /\/namespaces\/[^/]+\/(\w+)/.exec(path)?.[1] ?? "";
  if (resource === "secrets") installation.secretsAskedAs.push(asked.accept);
  if (path === "/version") return { status: 200, body: { gitVersion: "v1.34.4" } };
  if (path === "/apis")
    return { status: 200, body: { groups: withKnative ? [...groups.map(served), ...kueueOf(installation)] : [] } };
  if (path.endsWith("/subjectaccessreviews")) return review(asked, installation);
  if (path.includes("/proxy/")) return pass(asked, installation);
  if (path.endsWith("/log")) return { status: 200, body: logOf(path, installation) };
  return installation.forbidden.has(resource) ? refuse(403, "Forbidden", `${resource} is forbidden`) : undefined;
};

const kueueOf = ({ kueue }: TestInstallation) =>
  kueue.length > 0 ? [{ name: "kueue.x-k8s.io", versions: kueue.map((version) => ({ version })) }] : [];

const served = (name: string) => ({ name, versions: [{ version: "v1" }] });

const review = ({ body }: Asked, { forbidden, allows }: TestInstallation): Answer => {
  if (forbidden.has("reviews")) return refuse(403, "Forbidden", "subjectaccessreviews is forbidden");
  const { spec } = JSON.parse(body) as { spec: { user: string; resourceAttributes: Record<string, string> } };
  const allowed = allows({ user: spec.user, ...spec.resourceAttributes });
  return { status: 201, body: { spec, status: { allowed } } };
};

const pass = ({ body, path }: Asked, { events, forbidden }: TestInstallation): Answer => {
  if (forbidden.has("proxy")) return refuse(403, "Forbidden", "services/proxy is forbidden");
  events.push({ path, ...(JSON.parse(body) as object) });
  return { status: 202, body: "" };
};

const logOf = (path: string, { events, logLine, sourceLog }: TestInstallation): string => {
  const lines = path.includes("/keptn-source-") ? sourceLog : events.map(({ id }) => logLine(String(id)) ?? {});
  return ["Node says something.", ...lines.map((line) => JSON.stringify(line))].join("\n");
};

const ns = "keptn-jes";
const ready = { conditions: [{ type: "Ready", status: "True" }] };

const install = (store: ObjectStore, affixed: (name: string) => string): void => {
  const add = (collection: string, name: string, object: object) =>
    store.create(`${collection.replace("NS", `namespaces/${ns}`)}`, { metadata: { name, namespace: ns }, ...object });
  const serving = "/apis/serving.knative.dev/v1/NS/services";
  const eventing = "/apis/eventing.knative.dev/v1/NS";
  const sources = "/apis/sources.knative.dev/v1/NS";
  for (const own of ["start-job", "finish-task"]) {
    const name = affixed(own);
    const labels = { "networking.knative.dev/visibility": "cluster-local" };
    add(serving, name, {
      metadata: { name, namespace: ns, labels },
      spec: { template: template(name) },
      status: ready,
    });
    const broker = affixed(own === "start-job" ? "keptn" : "jobs");
    const url = `http://broker-ingress.knative-eventing.svc.cluster.local/${ns}/${broker}`;
    add(`${eventing}/brokers`, broker, { status: { ...ready, address: { url } } });
    add(`${eventing}/triggers`, name, { spec: { broker, subscriber: { ref: { name } } }, status: ready });
  }
  add(`${sources}/apiserversources`, "job-changes", { spec: { serviceAccountName: "job-changes" }, status: ready });
  add(`${sources}/sinkbindings`, affixed("keptn-source"), { status: ready });
  add("/apis/apps/v1/NS/deployments", affixed("keptn-source"), {
    ...{ spec: { template: template(affixed("keptn-source")) }, status: { readyReplicas: 1 } },
  });
  const data = { KEPTN_API_ENDPOINT: "http://api-gateway-nginx.keptn/api", JOB_NAMESPACE: ns, PUBSUB_URL: "" };
  const level = { "pod-security.kubernetes.io/enforce": "restricted" };
  store.create("/api/v1/namespaces", { metadata: { name: ns, labels: level } });
  add("/api/v1/NS/configmaps", settingsName, { data: { ...data, JOB_POD_SECURITY_LEVEL: "restricted" } });
  add("/api/v1/NS/secrets", "job-service-keptn-secrets", { data: { token: "c2VjcmV0" } });
  addPod(store, "start-job-00001-x", { "serving.knative.dev/service": affixed("start-job") });
  addPod(store, "keptn-source-1-x", { "app.kubernetes.io/name": "keptn-source" });
};

const addPod = ({ create }: ObjectStore, name: string, labels: Readonly<Record<string, string>>): void => {
  create(`/api/v1/namespaces/${ns}/pods`, { metadata: { name, namespace: ns, labels } });
};

export const settingsName = "job-executor-settings-579f662k5h";

const template = (serviceAccountName: string) => ({
  spec: {
    serviceAccountName,
    containers: [
      {
        env: [{ name: "KEPTN_API_TOKEN_FILE", value: "/etc/keptn/token" }],
        envFrom: [{ configMapRef: { name: settingsName } }],
      },
    ],
    volumes: [{ secret: { secretName: "job-service-keptn-secrets" } }],
  },
});

/** Where the objects of an installation are in the store. */
export const collections = {
  services: `/apis/serving.knative.dev/v1/namespaces/${ns}/services`,
  triggers: `/apis/eventing.knative.dev/v1/namespaces/${ns}/triggers`,
  deployments: `/apis/apps/v1/namespaces/${ns}/deployments`,
  configmaps: `/api/v1/namespaces/${ns}/configmaps`,
  secrets: `/api/v1/namespaces/${ns}/secrets`,
  namespaces: "/api/v1/namespaces",
  localqueues: `/apis/kueue.x-k8s.io/v1beta2/namespaces/${ns}/localqueues`,
} as const;

/** Merges into the top of an object of the store. */
export const change = ({ store }: ApiServer, kind: keyof typeof collections, name: string, fields: object): void => {
  const object = store.get(collections[kind], name === "settings" ? settingsName : name);
  if (!object) throw new Error(`there is no ${kind} ${name}`);
  store.write(collections[kind], { ...object, ...fields });
};
