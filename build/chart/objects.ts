// The chart's objects: those of all variants, each with what makes it appear and what changes in it.
import type { KubernetesObject } from "./kustomize.ts";
import { anyOf, type Difference, mergeDifferences, type Node } from "./node.ts";
import { objectNode, settingsName } from "./placeholders.ts";
import type { Variant } from "./variants.ts";

export interface ChartObject {
  readonly kind: string;
  readonly name: string;
  readonly namespace: string;
  /** A condition of the template language; undefined: the object is always there. */
  readonly when: string | undefined;
  readonly node: Node;
}

export const collectObjects = (
  base: readonly KubernetesObject[],
  variants: readonly Variant[],
): readonly ChartObject[] => {
  const everywhere = [base, ...variants.flatMap(({ from, to }) => [from, to])].map(byKey);
  const keys = new Set(everywhere.flatMap((objects) => [...objects.keys()]));
  const compared = variants.map(({ when, from, to }) => ({ when, from: byKey(from), to: byKey(to) }));
  return [...keys].map((key) => {
    const differences = compared.map(({ when, from, to }) => ({ when, from: from.get(key), to: to.get(key) }));
    return makeObject(key, byKey(base).get(key), differences);
  });
};

const byKey = (objects: readonly KubernetesObject[]): Map<string, Node> =>
  new Map(
    objects.map((object) => {
      const { name, namespace = "" } = object.metadata;
      const known = settingsName.test(name) ? "job-executor-settings" : name;
      const kind = object.apiVersion.startsWith("serving.") ? "KnativeService" : object.kind;
      return [[kind, namespace, known].join("/"), objectNode(object)];
    }),
  );

const makeObject = (key: string, base: Node | undefined, differences: readonly Difference[]): ChartObject => {
  const [kind = "", namespace = "", name = ""] = key.split("/");
  const added = differences.filter(({ from, to }) => from === undefined && to !== undefined);
  const removed = differences.filter(({ from, to }) => from !== undefined && to === undefined);
  const changed = differences.filter(({ from, to }) => from !== undefined && to !== undefined);
  const first = base ?? added[0]?.to;
  const others = base ? added : added.slice(1);
  if (others.some(({ to }) => JSON.stringify(to) !== JSON.stringify(first)))
    throw new Error(`${key} is not the same under ${added.map(({ when }) => when).join(" and ")}`);
  const node = mergeDifferences(first, changed);
  if (!node) throw new Error(`${key} is nowhere`);
  return { kind, name, namespace, node, when: presence(base ? [] : added, removed) };
};

const presence = (added: readonly Difference[], removed: readonly Difference[]): string | undefined => {
  const conditions = [
    ...(added.length > 0 ? [anyOf(added.map(({ when }) => when))] : []),
    ...removed.map(({ when }) => `not (${when})`),
  ];
  if (conditions.length < 2) return conditions[0];
  return `and ${conditions.map((one) => `(${one})`).join(" ")}`;
};
