// Loads the kubeconfig. Uses only client-node's KubeConfig, because the whole client loads 700 model classes and doubles the memory (docs/decisions).
import { KubeConfig } from "@kubernetes/client-node/dist/config.js";

export interface Access {
  /** A file instead of KUBECONFIG. */
  readonly kubeconfig?: string;
  /** A context of the kubeconfig instead of its current one. */
  readonly context?: string;
  /** For each request with its retries; by default well below CLAIM_LEASE_SECONDS. */
  readonly budgetSeconds?: number;
}

/**
 * From KUBECONFIG, ~/.kube/config or the service account of the pod, in this order.
 * @throws Error if it cannot be read, or does not have the context
 */
export const loadKubeConfig = ({ kubeconfig, context }: Access): KubeConfig => {
  const config = new KubeConfig();
  if (kubeconfig === undefined) config.loadFromDefault();
  else config.loadFromFile(kubeconfig);
  if (context === undefined) return config;
  const known = config.getContexts().map(({ name }) => name);
  if (!known.includes(context))
    throw new Error(`context ${context} does not exist; known contexts: ${known.join(", ") || "none"}`);
  config.setCurrentContext(context);
  return config;
};
