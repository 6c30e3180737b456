// What the service accounts may do, as the API server itself judges it.
import type { Facts, RightSeen } from "./facts.ts";
import { type Finding, fine, warn, wrong } from "./finding.ts";
import { everywhere } from "./rights.ts";

export const checkRights = ({ rights, namespace }: Facts): Finding[] => {
  if (rights.kind === "unknown") {
    const seen = `What the service accounts may do could not be asked: ${rights.why}`;
    const fix = "Ask as somebody who may create subjectaccessreviews (--context).";
    return [warn("rights", seen, fix)];
  }
  if (rights.kind !== "there") return [];
  return groupByPlace(rights.object).map((group) => checkPlace(group, namespace));
};

interface Place {
  readonly account: string;
  readonly namespace: string;
  readonly rights: readonly RightSeen[];
}

const groupByPlace = (rights: readonly RightSeen[]): Place[] => {
  const groups = Map.groupBy(rights, ({ account, namespace }) => `${account} ${namespace}`);
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    return first ? [{ account: first.account, namespace: first.namespace, rights: group }] : [];
  });
};

const checkPlace = ({ account, namespace, rights }: Place, ours: string): Finding => {
  const missing = rights.filter(({ allowed }) => !allowed);
  const who = `Service account ${account}`;
  const where = namespace === everywhere ? "all namespaces" : `namespace ${namespace}`;
  if (missing.length === 0) return fine("rights", `${who} may do in ${where} all that it has to.`);
  const seen = `${who} lacks rights in ${where}: ${missing.map(render).join(", ")}.`;
  if (namespace === everywhere) return wrong("rights", seen, widerFix);
  const folder = namespace === ours ? "manifests/overlays/in-cluster" : "manifests/job-namespace";
  return wrong("rights", seen, `Apply its Roles again: kubectl apply -k ${folder} (your overlay of it)`);
};

const widerFix =
  "ALLOWED_NAMESPACES has a *: put the component any-namespace into your overlay, or name each namespace in it.";

/** `create jobs.batch`, `get pods/log`, as `kubectl auth can-i` takes them */
const render = ({ verb, group, resource, subresource, name }: RightSeen): string => {
  const what = [group ? `${resource}.${group}` : resource, subresource].filter(Boolean).join("/");
  return `${verb} ${what}${name ? ` ${name}` : ""}`;
};
