// Explains that the Jobs of a namespace cannot be listed: what it means for its runs, and the fix.
import { asSentence } from "../text/log-text.ts";

/**
 * @param namespace "*" means a list of all namespaces
 * @param why the API server's message
 * @param isCurrent false: our settings no longer name it, but runs were started there
 */
export const explainUnread = (namespace: string, why: string, isCurrent: boolean): string => {
  const where = namespace === "*" ? "all namespaces" : `namespace ${namespace}`;
  const fix = isCurrent ? fixUnread(namespace) : `${fixUnread(namespace)} ${orForget}`;
  return `The Jobs in ${where} cannot be listed, so runs there wait: ${asSentence(why)} ${fix}`;
};

const orForget =
  "The settings no longer name it: if no run is open there, delete the sweep's timer (PingSource job-executor-sweep), which still lists it; start-job recreates the timer.";

/** In a deleted namespace, RoleBindings are gone before our finalizers release the Jobs, and new ones cannot be created. */
export const fixUnread = (namespace: string): string =>
  namespace === "*"
    ? "Add the component any-namespace to your overlay, or name the namespaces in ALLOWED_NAMESPACES."
    : `If it exists, restore finish-task's RoleBinding: kubectl apply -k manifests/job-namespace (your overlay for ${namespace}). If it was deleted, see docs/operating.md (A deleted namespace) to end its runs.`;
