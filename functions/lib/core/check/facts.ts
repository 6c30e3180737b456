// The cluster's objects as the API server returned them, or why they could not be read.
import type { Difference } from "../source/compare-topics.ts";
import type { Affixes } from "./names.ts";
import type { Right } from "./rights.ts";

/** One object, or a list of them. */
export type Seen<T> =
  | { readonly kind: "there"; readonly object: T }
  | { readonly kind: "missing" }
  /** The cluster does not serve this kind. */
  | { readonly kind: "not-installed" }
  /** It may not or cannot be read: the reason as a sentence. */
  | { readonly kind: "unknown"; readonly why: string };

export interface Facts {
  readonly namespace: string;
  /** Name prefix and suffix of the overlay; undefined: none. */
  readonly affixes?: Affixes;
  readonly server: Server;
  /** Versions served by the API server, by API group. */
  readonly groups: Readonly<Record<string, readonly string[]>>;
  readonly functions: Readonly<Record<FunctionName, Seen<KnativeService>>>;
  readonly brokers: Readonly<Record<BrokerName, Seen<Broker>>>;
  readonly triggers: Seen<readonly Trigger[]>;
  /** The ApiServerSource: start-job creates it when a run begins. */
  readonly jobChanges: Seen<Conditioned & { readonly spec?: { readonly serviceAccountName?: string } }>;
  /** The ConfigMap with its spec. */
  readonly watchSpec: Seen<SettingsMap>;
  readonly hasPingSources: boolean;
  /** The sweep's timer exists: runs are open, or were a few minutes ago. */
  readonly hasTimer: boolean;
  readonly keptnSource: Seen<Deployment>;
  /** ConfigMap job-executor-connections: the projects whose events webhook-service delivers. */
  readonly connections: Seen<SettingsMap>;
  /** Events that keptn-source receives, by its log; undefined: the log no longer has them. */
  readonly subscriptions: Seen<SourceSays | undefined>;
  /** The SinkBinding of keptn-source. */
  readonly sinkBinding: Seen<Conditioned>;
  readonly settings: Seen<SettingsMap>;
  readonly secrets: readonly SecretSeen[];
  readonly rights: Seen<readonly RightSeen[]>;
  readonly jobNamespaces: readonly JobNamespace[];
  /** undefined: not requested. */
  readonly dryEvent?: DryEvent;
}

export interface Server {
  readonly address: string;
  readonly version: string;
  /** This machine's clock minus the API server's; undefined: the API server sent no time. */
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

/** The references to other objects in a pod template. */
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
  readonly status?: Conditioned["status"] & { readonly readyReplicas?: number };
}

export interface Broker extends Conditioned {
  readonly status?: Conditioned["status"] & { readonly address?: { readonly url?: string } };
}

/** eventing.knative.dev/v1; `filters` is the subscriptions API's, `filter` the older form. */
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
  /** Who needs it: functions, or init containers of tasks with files. */
  readonly usedBy: "functions" | "tasks";
}

/** Only metadata: the contents of a Secret are never requested. */
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
  /** Kueue's LocalQueue for Jobs that name none. */
  readonly queue: Seen<unknown>;
}

/** The result of a dry event. */
export type DryEvent =
  /** It was not sent, or its result may not be read: the reason as a sentence, and a fix. */
  | { readonly kind: "not-tried"; readonly why: string; readonly fix: string }
  /** The Broker did not accept it. */
  | { readonly kind: "refused"; readonly why: string }
  | { readonly kind: "arrived"; readonly seconds: number }
  /** start-job logged an error. */
  | { readonly kind: "failed"; readonly said: string }
  | { readonly kind: "silent"; readonly seconds: number };

/** From the last lines about subscriptions in its log. */
export interface SourceSays {
  readonly types: readonly string[];
  readonly difference?: Difference;
}
