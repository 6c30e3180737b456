// Answers the probe event of `job-executor connect`, which tests that events arrive here and that Keptn receives our answers.

import { envelopeOf, type KeptnEvent } from "../lib/core/event/keptn-event.ts";
import { makeFinished } from "../lib/core/report/answer.ts";
import { type Answer, done } from "../lib/host/answer.ts";
import type { StartJobPorts } from "./start-runs.ts";

/** @throws IoError */
export const answerProbe = async ({ keptn, settings, log }: StartJobPorts, event: KeptnEvent): Promise<Answer> => {
  const { KEPTN_SOURCE: source, MAX_EVENT_BYTES: maxBytes } = settings;
  await keptn.send(makeFinished({ event: envelopeOf(event), source, reports: [], results: [], maxBytes }));
  log({ level: "info", message: "answered the probe of job-executor connect", event: event.id });
  return done("a probe");
};
