// Ports and session of connect and disconnect.
import type { Selection } from "../../lib/core/connect/selection.ts";
import type { Webhooks } from "../../lib/keptn/webhooks.ts";
import type { ConnectionObjects } from "../../lib/kubernetes/connections.ts";
import type { Report } from "./report.ts";

export interface ConnectPorts {
  readonly keptn: Webhooks;
  readonly cluster: ConnectionObjects;
  readonly sleep: (ms: number) => Promise<void>;
  readonly now: () => Date;
}

export interface ConnectOptions {
  readonly project?: string;
  readonly stage?: string;
  readonly service?: string;
  readonly event?: readonly string[];
  readonly url?: string;
  readonly namespace: string;
  readonly keptnNamespace: string;
  readonly allow?: boolean;
  readonly dryRun?: boolean;
  readonly probe: boolean;
  readonly lookEvery?: string;
  readonly list?: boolean;
  readonly format: "text" | "json";
}

export interface Session {
  readonly ports: ConnectPorts;
  readonly options: ConnectOptions;
  readonly selection: Selection;
  /** Id of webhook-service's integration in Keptn. */
  readonly integration: string;
  readonly report: Report;
}
