// Keptn's control plane for tests: its rules in memory, behind an HTTP server on this machine.
import { randomUUID } from "node:crypto";
import type { KeptnEvent } from "../../../functions/lib/core/event/keptn-event.ts";
import { startServer } from "../http-server.ts";
import { type ControlPlane, type ControlPlaneOptions, makeControlPlane } from "./control-plane.ts";
import { type Fault, makeFaults } from "./faults.ts";
import { makeListener } from "./listener.ts";
import { makeRateLimiter } from "./rate-limiter.ts";
import type { TaskCount } from "./shipyard.ts";
import { type TriggerGiven, trigger } from "./trigger.ts";

export interface KeptnDouble {
  /** For KEPTN_API_ENDPOINT. */
  readonly endpoint: string;
  /** For KEPTN_API_TOKEN; a test that changes it rotates the secret. */
  token: string;
  /** An OAuth access token that is taken as well. */
  bearer: string | undefined;
  /** All that Keptn knows: projects and files, events received, published and stored, error log, integrations. */
  readonly plane: ControlPlane;
  /** An event that Keptn waits for, as it would arrive. */
  trigger(given: TriggerGiven): KeptnEvent;
  /** How Keptn stands with a task, by its event's id. */
  counts(eventId: string): TaskCount | undefined;
  /** What was called so far: `GET controlPlane/v1/...`. */
  readonly calls: string[];
  /** How many calls wait for their answer. */
  underWay(): number;
  fault(fault: Fault): void;
  clearFaults(): void;
  close(): Promise<void>;
}

export const startKeptn = async (options: Partial<ControlPlaneOptions> = {}): Promise<KeptnDouble> => {
  const plane = makeControlPlane({ listenAfterMs: 0, onNats: () => {}, ...options });
  const faults = makeFaults();
  const calls: string[] = [];
  const underWay = { calls: 0 };
  const limiter = makeRateLimiter(() => performance.now());
  const secrets = { token: () => double.token, bearer: () => double.bearer };
  const server = await startServer(makeListener({ backend: { plane, limiter, ...secrets }, faults, calls, underWay }));
  const double: KeptnDouble = {
    ...{ endpoint: `${server.url}/api`, token: `token-${randomUUID()}`, bearer: undefined, plane, calls },
    trigger: (given) => trigger(plane, given),
    counts: plane.shipyard.count,
    underWay: () => underWay.calls,
    fault: faults.add,
    clearFaults: faults.clear,
    close: () => {
      plane.stop();
      return server.close();
    },
  };
  return double;
};
