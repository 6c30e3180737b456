// The input for a Job: one task of one action for one event, and the operator's settings.
import type { RunSpec } from "../annotations/annotations.ts";
import type { Task } from "../config/schema.ts";
import type { Envelope } from "../event/keptn-event.ts";
import type { Settings } from "../settings/settings.ts";
import type { Environment } from "./env.ts";

export interface TaskJob {
  readonly task: Task;
  readonly taskIndex: number;
  readonly actionIndex: number;
  readonly runId: string;
  readonly spec: RunSpec;
  readonly event: Envelope;
  readonly environment: Environment;
  readonly configHash: string;
  readonly settings: Settings;
}
