// What the parts of Keptn's contract share.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { envelopeOf, type KeptnEvent, typeOfKind } from "../../functions/lib/core/event/keptn-event.ts";
import type { OutgoingEvent } from "../../functions/lib/core/event/outgoing-event.ts";
import { makeStarted } from "../../functions/lib/core/report/finished-event.ts";
import { IoError } from "../../functions/lib/io-error.ts";
import type { Keptn } from "../../functions/lib/keptn/ports.ts";
import type { KeptnAddress, KeptnUser } from "./keptn-user.ts";

/** Filled before the first test. */
export interface KeptnBench {
  readonly at: { readonly project: string; readonly stage: string; readonly service: string };
  readonly world: KeptnAddress;
  readonly user: KeptnUser;
  readonly keptn: Keptn;
}

export const source = "job-executor-service";

/** A sequence at its first task. Each with a service of its own: it would wait while another one of its service is open. */
export const begin = async (bench: KeptnBench, data?: object): Promise<{ context: string; event: KeptnEvent }> => {
  const { user, at } = bench;
  const service = `carts-${randomUUID().slice(0, 8)}`;
  await user.createService(at.project, service);
  const context = await user.trigger({ ...at, service }, "delivery", data);
  return { context, event: await user.nextEvent(at.project, context, "sh.keptn.event.deployment.triggered") };
};

export const finishedOf = (event: KeptnEvent, data: object, from: string): OutgoingEvent => {
  const { project, stage, service } = event.data;
  const outcome = { status: "succeeded", result: "pass" };
  const started = makeStarted(envelopeOf(event), from);
  return {
    ...started,
    type: typeOfKind(event.type, "finished"),
    data: { project, stage, service, ...outcome, ...data },
  };
};

export const faultOf = async (promise: Promise<unknown>): Promise<IoError> => {
  const error = await promise.then(
    () => undefined,
    (error) => error,
  );
  assert.ok(error instanceof IoError, `no IoError but ${error}`);
  return error;
};
