// Checks the rights of the service accounts, as the API server evaluates them.
import type { Facts, RightSeen } from "./facts.ts";
import { type Finding, fine, warn, wrong } from "./finding.ts";
import { everywhere } from "./rights.ts";

export const checkRights = ({ rights, namespace }: Facts): Finding[] => {
  if (rights.kind === "unknown") {
    const seen = `The rights of the service accounts could not be checked: ${rights.why}`;
    return [warn("rights", seen, "Check as a user with the right to create subjectaccessreviews (--context).")];
  }
  if (rights.kind !== "there") return [];
  const groups = Map.groupBy(rights.object, (right) => `${right.account} ${right.namespace}`);
  return [...groups.values()].map((group) => checkPlace(group, namespace));
};

/** @param rights of one account in one namespace */
const checkPlace = (rights: readonly RightSeen[], ours: string): Finding => {
  const { account, namespace } = rights[0]!;
  const missing = rights.filter(({ allowed }) => !allowed);
  const who = `Service account ${account}`;
  const where = namespace === everywhere ? "all namespaces" : `namespace ${namespace}`;
  if (missing.length === 0) return fine("rights", `${who} has all required rights in ${where}.`);
  const seen = `${who} lacks rights in ${where}: ${missing.map(render).join(", ")}.`;
  if (namespace === everywhere) return wrong("rights", seen, widerFix);
  const folder = namespace === ours ? "manifests/overlays/in-cluster" : "manifests/job-namespace";
  return wrong("rights", seen, `Apply its Roles again: kubectl apply -k ${folder} (your overlay of it)`);
};

const widerFix = "ALLOWED_NAMESPACES has a *: add the component any-namespace to your overlay, or list each namespace.";

/** `create jobs.batch`, `get pods/log`, as `kubectl auth can-i` takes them */
const render = ({ verb, group, resource, subresource, name }: RightSeen): string => {
  const what = [group ? `${resource}.${group}` : resource, subresource].filter(Boolean).join("/");
  return `${verb} ${what}${name ? ` ${name}` : ""}`;
};
