// What stands in the overlays for something that a release sets, and its expression in the chart.
import type { KubernetesObject } from "./kustomize.ts";
import type { Node } from "./node.ts";

/** Texts of the overlays. */
const expressions: Readonly<Record<string, string>> = {
  "keptn-jes": "$plan.namespace",
  "keptn-jes-jobs": "$plan.jobNamespace.name",
  "dev.local/job-executor-functions:dev": "$plan.image",
  "job-service-keptn-secrets": "$plan.secretName",
};

/** A name with or without the hash of its content. */
export const settingsName = /^job-executor-settings(-[a-z0-9]{10})?$/;

/** The level stands in the label of a namespace, and in a setting. */
const levelKeys: readonly string[] = ["pod-security.kubernetes.io/enforce", "JOB_POD_SECURITY_LEVEL"];
const levels: Readonly<Record<string, string>> = {
  restricted: "$plan.podSecurityLevel",
  baseline: "$plan.jobNamespace.podSecurityLevel",
};

/** Placeholders of our own: `{{ EXPRESSION }}` is a scalar, `{{ entries EXPRESSION }}` all entries of the map or list that it is in. */
const ownExpression = /^\{\{ (entries )?(.*) \}\}$/;

export const toNode = (value: unknown, key = ""): Node => {
  if (Array.isArray(value)) return { kind: "list", items: value.map(itemNode) };
  if (typeof value === "object" && value !== null) return { kind: "map", entries: entriesOf(value) };
  if (typeof value === "string") return textNode(value, key);
  return { kind: "scalar", value: value as number | boolean | null };
};

export const objectNode = (object: KubernetesObject): Node => toNode(object);

/** Kustomize wants maps in some lists: there, the placeholder is the only key. */
const itemNode = (item: unknown): Node => {
  const node = toNode(item);
  const [first, ...others] = node.kind === "map" ? Object.values(node.entries) : [];
  return first?.kind === "entries" && others.length === 0 ? first : node;
};

const entriesOf = (map: object): Record<string, Node> =>
  Object.fromEntries(
    Object.entries(map).map(([key, value]) => [key, toNode(ownExpression.test(key) ? key : value, key)]),
  );

const textNode = (value: string, key: string): Node => {
  const [, entries, own] = ownExpression.exec(value) ?? [];
  if (own !== undefined) return { kind: entries ? "entries" : "expression", text: own };
  if (value.includes("{{")) throw new Error(`a text that Helm would take for a template: ${value}`);
  const text = levelKeys.includes(key) ? levels[value] : expressions[value];
  if (text !== undefined) return { kind: "expression", text };
  return settingsName.test(value) ? { kind: "expression", text: "$plan.settingsName" } : { kind: "scalar", value };
};
