// What somebody who looks at runs knows beside their Jobs.
import type { Pod } from "../kubernetes.ts";
import type { KubernetesWarning } from "../kubernetes-warning.ts";
import type { Situation } from "../next-step.ts";
import type { RunState, TaskState } from "../run-state.ts";
import type { Settings } from "../settings.ts";

export interface Sight {
  /** Epoch milliseconds. */
  readonly nowMs: number;
  /** Of the tasks that run, at least; undefined: they may not be read. */
  readonly pods?: readonly Pod[];
  /** Namespaces whose pods may not be listed. */
  readonly podsUnread?: ReadonlySet<string>;
  /** Namespaces whose Jobs cannot be listed, and why: what runs have there is not known. */
  readonly jobsUnread?: ReadonlyMap<string, string>;
  /** What Kubernetes warned about an object, the latest last, by its uid: of those that were asked for. */
  readonly warnings?: ReadonlyMap<string, readonly KubernetesWarning[]>;
  /** The sweep's, where it was asked for; `unknown`: it may not be read. */
  readonly timer?: "there" | "missing" | "unknown";
  /** Of the functions, as far as they are known here. */
  readonly settings: Pick<
    Settings,
    "CLAIM_LEASE_SECONDS" | "CREATE_GRACE_SECONDS" | "START_GRACE_SECONDS" | "START_DEADLINE_SECONDS"
  >;
}

/** Of somebody who only looks: whatever is claimed, is claimed by another. */
export const situationOf = ({ nowMs, settings }: Sight): Situation => ({
  nowMs,
  me: "",
  owner: false,
  leaseSeconds: settings.CLAIM_LEASE_SECONDS,
  createGraceSeconds: settings.CREATE_GRACE_SECONDS,
});

/** The namespace of one of its tasks whose Jobs cannot be listed. */
export const unreadNamespaceOf = ({ chain }: RunState, { jobsUnread }: Sight): string | undefined =>
  chain.jobs.map(({ namespace }) => namespace).find((namespace) => jobsUnread?.has(namespace));

/** Newest last. */
export const podsOf = ({ job }: TaskState, { pods = [] }: Sight): Pod[] =>
  pods
    .filter(({ metadata }) => metadata?.labels?.["batch.kubernetes.io/controller-uid"] === job?.metadata?.uid)
    .sort((a, b) => createdOf(a).localeCompare(createdOf(b)));

const createdOf = ({ metadata }: Pod): string => metadata?.creationTimestamp ?? "";
