// Answers the probe event of `job-executor connect`, which tests that events arrive here and that Keptn receives our answers.
import { envelopeOf, type KeptnEvent } from "../lib/core/event/keptn-event.ts";
import { makeFinished } from "../lib/core/report/finished-event.ts";
import { type DeliveryResult, done } from "../lib/host/delivery-result.ts";
import type { StartJobPorts } from "./ports.ts";

/** @throws IoError */
export const reportProbe = async (
  { keptn, settings, log }: StartJobPorts,
  event: KeptnEvent,
): Promise<DeliveryResult> => {
  const { KEPTN_SOURCE: source, MAX_EVENT_BYTES: maxBytes } = settings;
  await keptn.send(makeFinished({ event: envelopeOf(event), source, reports: [], results: [], maxBytes }));
  log({ level: "info", message: "answered the probe of job-executor connect", event: event.id });
  return done("a probe");
};
