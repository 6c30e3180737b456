// What an observer knows about runs in addition to their Jobs.
import type { Pod } from "../kubernetes.ts";
import type { KubernetesWarning } from "../pod/kubernetes-warning.ts";
import type { Situation } from "../run/next-step.ts";
import type { RunState, TaskState } from "../run/run-state.ts";
import type { Settings } from "../settings/settings.ts";

export interface ClusterView {
  readonly nowMs: number;
  /** At least those of running tasks; undefined: pods may not be read. */
  readonly pods?: readonly Pod[];
  /** Namespaces whose pods may not be listed. */
  readonly podsUnread?: ReadonlySet<string>;
  /** Namespaces whose Jobs cannot be listed, with the reason: the state of tasks there is unknown. */
  readonly jobsUnread?: ReadonlyMap<string, string>;
  /** Kubernetes' warnings by uid of the object, latest last; only of requested objects. */
  readonly warnings?: ReadonlyMap<string, readonly KubernetesWarning[]>;
  /** The sweep's timer, if requested; `unknown`: it may not be read. */
  readonly timer?: "there" | "missing" | "unknown";
  /** The functions' settings, as far as they are known here. */
  readonly settings: Pick<
    Settings,
    "CLAIM_LEASE_SECONDS" | "CREATE_GRACE_SECONDS" | "START_GRACE_SECONDS" | "START_DEADLINE_SECONDS"
  >;
}

/** For an observer, every lease is held by another process. */
export const situationIn = ({ nowMs, settings }: ClusterView): Situation => ({
  nowMs,
  holderIdentity: "",
  owner: false,
  leaseSeconds: settings.CLAIM_LEASE_SECONDS,
  createGraceSeconds: settings.CREATE_GRACE_SECONDS,
});

/** The first namespace of its tasks whose Jobs cannot be listed. */
export const unreadNamespaceOf = ({ spec }: RunState, { jobsUnread }: ClusterView): string | undefined =>
  spec.jobs.map(({ namespace }) => namespace).find((namespace) => jobsUnread?.has(namespace));

/** Newest last. */
export const podsOf = ({ job }: TaskState, { pods = [] }: ClusterView): Pod[] =>
  pods
    .filter(({ metadata }) => metadata?.labels?.["batch.kubernetes.io/controller-uid"] === job?.metadata?.uid)
    .sort((a, b) => createdOf(a).localeCompare(createdOf(b)));

const createdOf = ({ metadata }: Pod): string => metadata?.creationTimestamp ?? "";
