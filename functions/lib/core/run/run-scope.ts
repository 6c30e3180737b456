// Which Jobs belong to this installation, and in which namespaces.
import { hashOf, label, labelValueOf } from "../annotations/annotations.ts";
import { type Fields, read } from "../annotations/parse-annotations.ts";
import type { Job } from "../kubernetes.ts";
import type { Settings } from "../settings/settings.ts";

export interface RunScope {
  /** Value of the label app.kubernetes.io/managed-by. */
  readonly managedBy: string;
  /** Namespaces of Jobs; "*" means all. */
  readonly namespaces: readonly string[];
}

export type ScopeSettings = Pick<Settings, "JOB_NAMESPACE" | "ALLOWED_NAMESPACES" | "FULL_DEPLOYMENT_NAME">;

export const runScopeOf = ({ JOB_NAMESPACE, ALLOWED_NAMESPACES, FULL_DEPLOYMENT_NAME }: ScopeSettings): RunScope => ({
  managedBy: labelValueOf(FULL_DEPLOYMENT_NAME),
  namespaces: ALLOWED_NAMESPACES.some((name) => name.includes("*"))
    ? ["*"]
    : [...new Set([JOB_NAMESPACE, ...ALLOWED_NAMESPACES])],
});

export interface ScopePart {
  readonly managedBy: string;
  readonly namespace: string;
}

/** @returns the lists without duplicates: a list of all namespaces includes those of single ones */
export const partsOfScopes = (scopes: readonly RunScope[]): ScopePart[] => {
  const parts = new Map<string, ScopePart>();
  for (const { managedBy, namespaces } of scopes)
    for (const namespace of namespaces) parts.set(`${managedBy}/${namespace}`, { managedBy, namespace });
  return [...parts.values()].filter(({ managedBy, namespace }) => namespace === "*" || !parts.has(`${managedBy}/*`));
};

export const addNamespaces = (runs: Map<string, Set<string>>, jobs: readonly Pick<Job, "metadata">[]): void => {
  for (const { metadata } of jobs) {
    const runId = metadata?.labels?.[label.run];
    if (runId) runs.set(runId, (runs.get(runId) ?? new Set<string>()).add(metadata?.namespace ?? ""));
  }
};

/** Annotations of the sweep's timer: one for each scope in which start-job has created Jobs since the timer was created. */
const notedScope = "keptn.sh/jes-scope-";

/** Each scope has its own annotation, so notes of other versions or settings are kept. */
export const noteOfScope = ({ managedBy, namespaces }: RunScope) => {
  const text = JSON.stringify({ managedBy, namespaces: namespaces.toSorted() });
  const id = hashOf(text, 10);
  return { id, annotations: { [notedScope + id]: text } };
};

/** Malformed annotations are treated as absent. */
export const readScopes = (annotations: Readonly<Record<string, string>> = {}): RunScope[] =>
  Object.entries(annotations).flatMap(([name, text]) => (name.startsWith(notedScope) ? (readScope(text) ?? []) : []));

const readScope = (text: string): RunScope | undefined => {
  const scope = read(
    text,
    (value): value is RunScope & Fields => typeof value["managedBy"] === "string" && Array.isArray(value["namespaces"]),
  );
  return scope && { managedBy: scope.managedBy, namespaces: scope.namespaces.filter((one) => typeof one === "string") };
};
