// The rights that each service account needs, as granted in manifests/; a test compares the two.
import type { Settings } from "../settings/settings.ts";

export interface Right {
  readonly account: string;
  /** {@link everywhere}: in all namespaces at once. */
  readonly namespace: string;
  readonly verb: string;
  /** API group; "" is the core one. */
  readonly group: string;
  readonly resource: string;
  readonly subresource?: string;
  /** Limited to the object of this name. */
  readonly name?: string;
}

/** The namespace of a right that applies to all namespaces. */
export const everywhere = "*";

interface Rule extends Omit<Right, "account" | "namespace" | "verb"> {
  readonly verbs: readonly string[];
}

export interface Accounts {
  readonly startJob: string;
  readonly finishTask: string;
  readonly jobChanges: string;
}

export interface Places {
  /** Our namespace, which has the timer. */
  readonly namespace: string;
  /** Includes {@link everywhere} if a pattern allows namespaces that are not listed by name. */
  readonly jobNamespaces: readonly string[];
  /** Namespaces that may have open runs started with earlier settings. */
  readonly formerNamespaces?: readonly string[];
}

export const rightsOf = (accounts: Accounts, places: Places, settings: Settings): Right[] => {
  const { namespace, jobNamespaces, formerNamespaces = [] } = places;
  const { startJob, finishTask, jobChanges } = accounts;
  const timer = { group: "sources.knative.dev", resource: "pingsources", name: settings.TIMER_NAME };
  const timerNamespace = settings.TIMER_NAMESPACE ?? namespace;
  const watch = { group: "sources.knative.dev", resource: "apiserversources" };
  const watches = (...verbs: string[]): Rule[] =>
    settings.WATCH_NAME ? [{ ...watch, name: settings.WATCH_NAME, verbs }] : [];
  return [
    ...jobNamespaces.flatMap((one) => [
      ...expand(startJob, one, [jobs("create", "get", "list", "patch", "delete"), ...runRules]),
      ...expand(finishTask, one, finishRules),
      ...expand(jobChanges, one, [jobs("get", "list", "watch")]),
    ]),
    ...formerNamespaces
      .filter((one) => !jobNamespaces.includes(one))
      .flatMap((one) => expand(finishTask, one, finishRules)),
    ...expand(startJob, timerNamespace, [
      { ...timer, verbs: ["patch", "create"] },
      ...watches("patch", "create", "get"),
    ]),
    ...expand(finishTask, timerNamespace, [
      { ...timer, verbs: ["get", "delete"] },
      ...watches("get", "patch", "delete"),
    ]),
  ];
};

const jobs = (...verbs: string[]): Rule => ({ group: "batch", resource: "jobs", verbs });

const runRules: readonly Rule[] = [
  { group: "", resource: "pods", verbs: ["list"] },
  { group: "", resource: "events", verbs: ["list"] },
  { group: "", resource: "pods", subresource: "log", verbs: ["get"] },
  { group: "", resource: "configmaps", verbs: ["create", "get"] },
  { group: "events.k8s.io", resource: "events", verbs: ["create"] },
];

const finishRules: readonly Rule[] = [jobs("get", "list", "patch", "delete"), ...runRules];

const expand = (account: string, namespace: string, rules: readonly Rule[]): Right[] =>
  rules.flatMap(({ verbs, ...what }) => verbs.map((verb) => ({ account, namespace, verb, ...what })));
