// What is said of a namespace whose Jobs cannot be listed: what it means for its runs, and what mends it.

/**
 * @param namespace "*" is a list of all namespaces
 * @param why in the API server's words
 * @param isCurrent false: it is not in our settings any more, but runs were started there
 */
export const explainUnread = (namespace: string, why: string, isCurrent: boolean): string => {
  const where = namespace === "*" ? "all namespaces" : `namespace ${namespace}`;
  const fix = isCurrent ? fixUnread(namespace) : `${fixUnread(namespace)} ${orForget}`;
  return `The Jobs in ${where} cannot be listed, so runs there wait: ${why.replace(/\.?$/, ".")} ${fix}`;
};

const orForget =
  "The settings do not name it any more: if no run is open there, delete the sweep's timer (PingSource job-executor-sweep), which remembers it; start-job makes it again.";

/** A deleted namespace takes its RoleBindings along before our finalizers let its Jobs go, and takes no new ones. */
export const fixUnread = (namespace: string): string =>
  namespace === "*"
    ? "Put the component any-namespace into your overlay, or name the namespaces in ALLOWED_NAMESPACES."
    : `If it is there, give finish-task its RoleBinding again: kubectl apply -k manifests/job-namespace (your overlay for ${namespace}). If it was deleted, docs/operating.md (A deleted namespace) says how its runs come to an end.`;
