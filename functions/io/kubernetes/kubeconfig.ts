// Which cluster, and as whom.
// KubeConfig alone: the whole client loads 700 model classes and doubles the memory (docs/decisions).
import { KubeConfig } from "@kubernetes/client-node/dist/config.js";

export interface Access {
  /** A file in the place of KUBECONFIG. */
  readonly kubeconfig?: string;
  /** Name of a context of the kubeconfig, in the place of its current one. */
  readonly context?: string;
  /** For every request together with its repetitions; by default well inside CLAIM_LEASE_SECONDS. */
  readonly budgetSeconds?: number;
}

/**
 * From KUBECONFIG, ~/.kube/config or the service account of the pod, in this order.
 * @throws Error when it cannot be read, or has no such context
 */
export const loadKubeConfig = ({ kubeconfig, context }: Access): KubeConfig => {
  const config = new KubeConfig();
  if (kubeconfig === undefined) config.loadFromDefault();
  else config.loadFromFile(kubeconfig);
  if (context === undefined) return config;
  const known = config.getContexts().map(({ name }) => name);
  if (!known.includes(context)) throw new Error(`there is no context ${context}, but ${known.join(", ") || "none"}`);
  config.setCurrentContext(context);
  return config;
};
