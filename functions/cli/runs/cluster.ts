// Opens the cluster for commands, and explains its errors.
import { IoError } from "../../lib/io-error.ts";
import { connectApi, type KubernetesApi } from "../../lib/kubernetes/api.ts";
import type { Access } from "../../lib/kubernetes/kubeconfig.ts";
import { connectRuns, type Runs } from "../../lib/kubernetes/runs.ts";
import { usageError } from "../fault.ts";
import type { Terminal } from "../terminal.ts";

export interface Cluster {
  readonly runs: Runs;
  /** Namespace of the kubeconfig's context. */
  readonly namespace: string;
}

/** How long requests are retried; a person waits. */
const budgetSeconds = 3;

/** @throws a usage error if the kubeconfig cannot be used */
export const openCluster = (access: Access, env: Terminal["env"]): Cluster => {
  const api = connectAs(access, env);
  const runs = connectRuns(api);
  const list = <T>(what: string, namespace: string, listed: Promise<T>): Promise<T> =>
    listed.catch((fault) => {
      throw explain(fault, { server: api.server, what, namespace });
    });
  return {
    runs: {
      listJobs: (namespace) => list("jobs.batch", namespace, runs.listJobs(namespace)),
      listPods: (namespace, runId) => list("pods", namespace, runs.listPods(namespace, runId)),
      listWarnings: (object) => list("events", object.namespace, runs.listWarnings(object)),
      findTimer: () => list("pingsources.sources.knative.dev", "*", runs.findTimer()),
    },
    namespace: api.namespace,
  };
};

/** Does not open a connection yet. @throws a usage error if the kubeconfig cannot be used */
export const connectAs = (access: Access, env: Terminal["env"]): KubernetesApi => {
  try {
    return connectApi({ budgetSeconds, ...access });
  } catch (fault) {
    const file = access.kubeconfig ?? (env["KUBECONFIG"] || "~/.kube/config");
    throw usageError(`The kubeconfig ${file} cannot be used: ${fault instanceof Error ? fault.message : fault}.`);
  }
};

/** @param own the context's namespace; without one it is `default`, where nobody installs anything @returns if so, the manifests' */
export const installationNamespace = (own: string): string => (own === "default" ? "keptn-jes" : own);

/** client-node's default without a kubeconfig. */
const nowhere = "http://localhost:8080";

/** An I/O error in words for the user. */
export const reworded = (fault: Error, message: string): IoError => {
  const { httpStatus, retryable } = fault instanceof IoError ? fault : { httpStatus: undefined, retryable: false };
  return new IoError(message, { retryable, cause: fault, httpStatus });
};

/** Explains an I/O error to the user. @returns other errors unchanged */
export const explain = (
  fault: unknown,
  { server, what, namespace }: Readonly<Record<"server" | "what" | "namespace", string>>,
): unknown => {
  if (!(fault instanceof Error) || (!(fault instanceof IoError) && fault.name !== "Error")) return fault;
  const say = (message: string) => reworded(fault, message);
  switch (fault instanceof IoError ? fault.httpStatus : undefined) {
    case undefined:
      if (server === nowhere)
        return say("No kubeconfig found in KUBECONFIG or ~/.kube/config. Set one with --kubeconfig.");
      return say(
        `The cluster at ${server} does not answer (${reasonOf(fault)}). To choose another one, use KUBECONFIG, --kubeconfig or --context.`,
      );
    case 401:
      return say(`The cluster at ${server} does not accept your credentials (401): renew those in your kubeconfig.`);
    case 403: {
      const where = namespace === "*" ? "in all namespaces" : `in namespace ${namespace}`;
      return say(
        `You may not list ${what} ${where}: you need a Role with the verb list. Kubernetes said: ${reasonOf(fault)}.`,
      );
    }
    default:
      return fault;
  }
};

/** `GET https://...: connect ECONNREFUSED 127.0.0.1:1.` -> `connect ECONNREFUSED 127.0.0.1:1` */
const reasonOf = ({ message }: Error): string =>
  message.replace(/^(Kubernetes )?GET \S+: (403 )?/, "").replace(/\.$/, "");
