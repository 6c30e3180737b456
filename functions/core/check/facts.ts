// What of a cluster is looked at: objects as the API server has them, or why they were not seen.
import type { SourceSays } from "./check-subscriptions.ts";
import type { DryEvent } from "./dry-event.ts";
import type { Affixes } from "./names.ts";
import type { Right } from "./rights.ts";

/** One object, or a list of them. */
export type Seen<T> =
  | { readonly kind: "there"; readonly object: T }
  | { readonly kind: "missing" }
  /** The cluster does not know such a kind. */
  | { readonly kind: "not-installed" }
  /** It was not allowed to be seen, or could not be: why, as a sentence. */
  | { readonly kind: "unknown"; readonly why: string };

export interface Facts {
  readonly namespace: string;
  /** What the overlay made of our names; undefined: nothing. */
  readonly affixes?: Affixes;
  readonly server: Server;
  /** Versions that the API server serves, by API group. */
  readonly groups: Readonly<Record<string, readonly string[]>>;
  readonly functions: Readonly<Record<FunctionName, Seen<KnativeService>>>;
  readonly brokers: Readonly<Record<BrokerName, Seen<Broker>>>;
  readonly triggers: Seen<readonly Trigger[]>;
  /** The ApiServerSource: start-job creates it when a run begins. */
  readonly jobChanges: Seen<Conditioned & { readonly spec?: { readonly serviceAccountName?: string } }>;
  /** The ConfigMap with its spec. */
  readonly watchSpec: Seen<SettingsMap>;
  readonly hasPingSources: boolean;
  /** The sweep's timer is there: runs are open, or were a few minutes ago. */
  readonly hasTimer: boolean;
  readonly keptnSource: Seen<Deployment>;
  /** ConfigMap job-executor-connections: the projects whose events webhook-service brings. */
  readonly connections: Seen<SettingsMap>;
  /** Which events keptn-source says that it gets; undefined: its log says nothing of it any more. */
  readonly subscriptions: Seen<SourceSays | undefined>;
  /** The SinkBinding of keptn-source. */
  readonly sinkBinding: Seen<Conditioned>;
  readonly settings: Seen<SettingsMap>;
  readonly secrets: readonly SecretSeen[];
  readonly rights: Seen<readonly RightSeen[]>;
  readonly jobNamespaces: readonly JobNamespace[];
  /** undefined: it was not wanted. */
  readonly dryEvent?: DryEvent;
}

export interface Server {
  readonly address: string;
  readonly version: string;
  /** This machine's clock less the API server's; undefined: it tells no time. */
  readonly skewSeconds?: number;
}

export const functionNames = ["start-job", "finish-task"] as const;
export type FunctionName = (typeof functionNames)[number];

export const brokerNames = ["keptn", "jobs"] as const;
type BrokerName = (typeof brokerNames)[number];

export interface Conditioned {
  readonly metadata?: {
    readonly name?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly deletionTimestamp?: string;
  };
  readonly status?: { readonly conditions?: readonly Condition[] };
}

interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
}

/** Of a pod template, what names other objects. */
export interface PodTemplate {
  readonly spec?: {
    readonly serviceAccountName?: string;
    readonly containers?: readonly {
      readonly env?: readonly EnvVar[];
      readonly envFrom?: readonly { readonly configMapRef?: { readonly name?: string } }[];
    }[];
    readonly volumes?: readonly {
      readonly name?: string;
      readonly secret?: { readonly secretName?: string };
      readonly configMap?: { readonly name?: string };
    }[];
  };
}

interface EnvVar {
  readonly name: string;
  readonly value?: string;
  readonly valueFrom?: { readonly secretKeyRef?: { readonly name?: string } };
}

/** serving.knative.dev/v1, Service. */
export interface KnativeService extends Conditioned {
  readonly spec?: { readonly template?: PodTemplate };
}

/** apps/v1, Deployment. */
export interface Deployment extends Conditioned {
  readonly spec?: { readonly template?: PodTemplate };
  readonly status?: { readonly conditions?: readonly Condition[]; readonly readyReplicas?: number };
}

export interface Broker extends Conditioned {
  readonly status?: {
    readonly conditions?: readonly Condition[];
    readonly address?: { readonly url?: string };
  };
}

/** eventing.knative.dev/v1; `filters` are those of the subscriptions API, `filter` is the older form. */
export interface Trigger extends Conditioned {
  readonly spec?: {
    readonly broker?: string;
    readonly filter?: { readonly attributes?: Readonly<Record<string, string>> };
    readonly filters?: readonly {
      readonly exact?: Readonly<Record<string, string>>;
      readonly prefix?: Readonly<Record<string, string>>;
    }[];
    readonly subscriber?: { readonly ref?: { readonly kind?: string; readonly name?: string } };
  };
}

export interface SettingsMap {
  readonly metadata?: { readonly name?: string };
  readonly data?: Readonly<Record<string, string>>;
}

export interface SecretRef {
  readonly namespace: string;
  readonly name: string;
  /** Who cannot work without it: functions, or init containers of tasks that have files. */
  readonly usedBy: "functions" | "tasks";
}

/** Its metadata at most: what is in a Secret is never asked for. */
export interface SecretSeen extends SecretRef {
  readonly seen: Seen<unknown>;
}

export interface RightSeen extends Right {
  readonly allowed: boolean;
}

export interface JobNamespace {
  readonly name: string;
  /** The Namespace itself. */
  readonly namespace: Seen<Conditioned>;
  /** Kueue's LocalQueue that takes Jobs which name none. */
  readonly queue: Seen<unknown>;
}
