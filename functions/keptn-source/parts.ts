// What keptn-source consists of. The handler connects the parts; each step takes those that it needs.
import type { PollPlan } from "../lib/core/source/plan-poll.ts";
import type { Admission } from "./admission.ts";
import type { Backlog } from "./backlog.ts";
import type { DeferredEvents } from "./deferred-events.ts";
import type { DeliveredIds } from "./delivered-ids.ts";
import type { Fetcher } from "./fetcher.ts";
import type { KeyedQueue } from "./keyed-queue.ts";
import type { Metrics } from "./metrics.ts";
import type { Nats } from "./nats.ts";
import type { SourcePorts } from "./ports.ts";

export interface Parts extends SourcePorts {
  /** Undefined: events come only from polls. */
  readonly nats: Nats | undefined;
  readonly fetcher: Fetcher;
  readonly admission: Admission;
  readonly queue: KeyedQueue;
  readonly deliveredIds: DeliveredIds;
  readonly backlog: Backlog;
  readonly deferred: DeferredEvents;
  readonly metrics: Metrics;
  /** Refreshes our subscriptions from Keptn. @throws IoError */
  readonly refresh: () => Promise<PollPlan>;
  /** Ends polls and pauses. */
  readonly end: AbortSignal;
}
