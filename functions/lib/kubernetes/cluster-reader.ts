// The API server requests of a check: read any object, evaluate rights, forward an event. Nothing is changed.
import type { Seen, Server } from "../core/check/facts.ts";
import { everywhere, type Right } from "../core/check/rights.ts";
import type { Pod } from "../core/kubernetes.ts";
import { IoError } from "../io-error.ts";
import type { KubernetesApi } from "./api.ts";
import { namespaced } from "./job-paths.ts";
import { connectPods } from "./pods.ts";

export interface ClusterReader {
  /** @throws IoError if the server cannot be reached, or does not accept our credentials */
  getServer(now: () => Date): Promise<Server>;
  /** Versions by API group. @throws IoError */
  listGroups(): Promise<Readonly<Record<string, readonly string[]>>>;
  /** Reads an object or a list. Refusals and errors are `unknown`. */
  look<T>(kind: Kind, where: Where): Promise<Seen<T>>;
  /** Whether one of our service accounts has a right. @throws IoError, with 403 if we may not ask */
  mayDo(right: Right, home: string): Promise<boolean>;
  /** @param url of the Broker inside the cluster; the API server forwards the event @throws IoError */
  post(url: string, event: unknown): Promise<void>;
  /** The ends of these pods' logs. @throws IoError */
  readLogs(namespace: string, pods: PodsOf): Promise<string>;
}

interface PodsOf {
  /** `serving.knative.dev/service=start-job` */
  readonly labelSelector: string;
  readonly container: string;
}

export interface Kind {
  /** `eventing.knative.dev/v1`; `v1` is the core group. */
  readonly apiVersion: string;
  /** For example `brokers`; `namespaces` means the namespace itself. */
  readonly resource: string;
}

interface Where {
  readonly namespace: string;
  /** undefined: all objects. */
  readonly name?: string;
  /** Reads only metadata, for example of a Secret. */
  readonly metadataOnly?: boolean;
}

export const connectClusterReader = (api: KubernetesApi): ClusterReader => ({
  getServer: (now) => getServer(api, now),
  listGroups: async () => {
    const { body } = await api.call<{ groups?: readonly ApiGroup[] }>({ method: "GET", path: "/apis" });
    return Object.fromEntries((body.groups ?? []).map((group) => [group.name, group.versions.map((v) => v.version)]));
  },
  look: (kind, where) => look(api, kind, where),
  mayDo: async (right, home) => {
    const path = "/apis/authorization.k8s.io/v1/subjectaccessreviews";
    const { body } = await api.call<Review>({ method: "POST", path, body: makeReview(right, home) });
    return body.status?.allowed === true;
  },
  post: async (url, event) => {
    await api.call({ method: "POST", path: proxied(url), body: event, contentType: "application/cloudevents+json" });
  },
  readLogs: (namespace, pods) => readLogs(api, namespace, pods),
});

const getServer = async (api: KubernetesApi, now: () => Date): Promise<Server> => {
  const askedMs = now().getTime();
  const { headers, body } = await api.call<{ gitVersion?: string }>({ method: "GET", path: "/version" });
  const middleMs = (askedMs + now().getTime()) / 2;
  const serverMs = Date.parse(headers.date ?? ""); // whole seconds
  const skew = Number.isNaN(serverMs) ? {} : { skewSeconds: (middleMs - serverMs) / 1000 };
  return { address: api.server, version: (body.gitVersion ?? "?").replace(/^v/, ""), ...skew };
};

interface ApiGroup {
  readonly name: string;
  readonly versions: readonly { readonly version: string }[];
}

const look = async <T>(api: KubernetesApi, kind: Kind, where: Where): Promise<Seen<T>> => {
  const accept = where.metadataOnly ? partial : undefined;
  try {
    const { body } = await api.call<T & { items?: T }>({ method: "GET", path: pathOf(kind, where), accept });
    return { kind: "there", object: where.name === undefined ? (body.items ?? ([] as T)) : body };
  } catch (fault) {
    return explain(fault);
  }
};

const readLogs = async (api: KubernetesApi, namespace: string, { labelSelector, container }: PodsOf) => {
  const path = `${namespaced(namespace)}/pods?${new URLSearchParams({ labelSelector })}`;
  const { body } = await api.call<{ items: Pod[] }>({ method: "GET", path });
  const { getLog } = connectPods(api);
  const limit = { headBytes: 8 * 1024, tailBytes: 64 * 1024 };
  const logs = await Promise.all(
    body.items.map(({ metadata }) => getLog({ namespace, name: metadata?.name ?? "" }, container, limit)),
  );
  return logs.map(({ head, tail }) => head + tail).join("\n");
};

/** "Receiving resources as partial metadata" (Kubernetes, API concepts). */
const partial = "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1";

const pathOf = ({ apiVersion, resource }: Kind, { namespace, name }: Where): string => {
  const root = namespaced(namespace, apiVersion === "v1" ? "/api/v1" : `/apis/${apiVersion}`);
  if (apiVersion === "v1" && resource === "namespaces") return root;
  return `${root}/${resource}${name === undefined ? "" : `/${encodeURIComponent(name)}`}`;
};

const explain = (fault: unknown): Seen<never> => {
  if (!(fault instanceof IoError)) throw fault;
  if (fault.httpStatus === 404) return { kind: isUnknownKind(fault) ? "not-installed" : "missing" };
  return { kind: "unknown", why: fault.message.replace(/\.?$/, ".") };
};

/** The API server's messages for an unknown path, and for an unknown kind in a known group. */
const isUnknownKind = ({ message }: IoError): boolean =>
  /page not found|could not find the requested resource/.test(message);

interface Review {
  readonly status?: { readonly allowed?: boolean };
}

/** Includes the groups of every service account (Kubernetes: pkg/serviceaccount/util.go). */
const makeReview = ({ account, namespace, ...what }: Right, home: string) => ({
  apiVersion: "authorization.k8s.io/v1",
  kind: "SubjectAccessReview",
  spec: {
    user: `system:serviceaccount:${home}:${account}`,
    groups: ["system:serviceaccounts", `system:serviceaccounts:${home}`, "system:authenticated"],
    // No namespace means all namespaces (authorization/v1 ResourceAttributes).
    resourceAttributes: { ...(namespace === everywhere ? {} : { namespace }), ...what },
  },
});

/** Path of `http://broker-ingress.knative-eventing.svc.cluster.local/ns/keptn` through the API server's service proxy. */
const proxied = (address: string): string => {
  const { protocol, hostname, port, pathname } = new URL(address);
  const [service = "", namespace = ""] = hostname.split(".");
  const scheme = protocol.replace(":", "");
  return `${namespaced(namespace)}/services/${scheme}:${service}:${port || (scheme === "https" ? 443 : 80)}/proxy${pathname}`;
};
