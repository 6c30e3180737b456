// start-job turns a Keptn event into runs: it reads the job config, plans, and creates the Jobs. lib/run moves them from there.
import { probeType } from "../lib/core/connect/probe.ts";
import { dryEventProject, envelopeOf, type KeptnEvent, parseKeptnEvent } from "../lib/core/event/keptn-event.ts";
import { renderProblems } from "../lib/core/problem.ts";
import { type DeliveryResult, done } from "../lib/host/delivery-result.ts";
import { catchPermanent } from "../lib/io-error.ts";
import type { EventRef, JobConfigFile } from "../lib/keptn/ports.ts";
import { getKnownEvent } from "./known-event.ts";
import type { StartJobPorts } from "./ports.ts";
import { refuse } from "./refuse.ts";
import { startRuns } from "./start-runs.ts";

export type { StartJobPorts };

/**
 * @param value a CloudEvent, extensions as properties, JSON data parsed
 * @throws IoError when Kubernetes or Keptn cannot be reached: a redelivery continues from the existing state
 */
export const startJob =
  (ports: StartJobPorts) =>
  async (value: unknown): Promise<DeliveryResult> => {
    const parsed = parseKeptnEvent(value);
    switch (parsed.kind) {
      case "malformed":
        ports.log({ level: "warn", message: renderProblems(parsed.problems) });
        return { statusCode: 400, why: renderProblems(parsed.problems) };
      case "not-keptn":
        return ignore(ports, parsed.why);
      case "thin":
        return startAsKeptnHasIt(ports, parsed, "; Keptn was asked because the received event has no shkeptncontext");
      case "event":
        return ports.settings.VERIFY_EVENTS
          ? startAsKeptnHasIt(ports, envelopeOf(parsed.event))
          : start(ports, parsed.event);
    }
  };

/**
 * For VERIFY_EVENTS and thin events: anyone who can reach the Broker can send an event with an ID that Keptn knows. Only the ID, type
 * and project of the received event are used, to look it up. Service, data, commit and time are Keptn's own.
 */
const startAsKeptnHasIt = async (ports: StartJobPorts, sent: EventRef, reason = ""): Promise<DeliveryResult> => {
  const event = await getKnownEvent(ports, sent);
  // `job-executor check` also tests whether a run could create its watch.
  if (!event && sent.project === dryEventProject) await ports.watch?.rehearse(ports.clock.now());
  if (event) return start(ports, event);
  return ignore(ports, `Keptn has no open event ${sent.id}${reason}`, { event: sent.id });
};

const start = async (ports: StartJobPorts, event: KeptnEvent): Promise<DeliveryResult> => {
  if (event.type === probeType) return (await import("./report-probe.ts")).reportProbe(ports, event);
  const about = { event: event.id, context: event.shkeptncontext };
  ports.log({ level: "debug", message: `handling ${event.type}`, ...about });
  const read = await catchPermanent(() => ports.keptn.getJobConfig(event));
  if ("refusal" in read) return withoutConfig(ports, event, read.refusal.message);
  const file = read.done;
  if (!file) return ignoreOrAnswer(ports, event);
  const { planRuns } = await import("../lib/core/plan/plan.ts"); // YAML, schema, patterns: loaded only for events that get this far
  const plan = planRuns({ event, configText: file.text, configFile: "job/config.yaml", settings: ports.settings });
  switch (plan.kind) {
    case "ignore":
      return ignore(ports, `no action matches ${event.type}`, about);
    case "refuse":
      return refuse(ports, event, plan);
    case "run":
      return startRuns(ports, event, { planned: plan.runs, isPinned: isPinned(event, file) });
  }
};

/** Whether every delivery of the event reads the same config: it is read at the event's commit, except a project's, which is read at HEAD. */
const isPinned = ({ gitcommitid }: KeptnEvent, { level }: JobConfigFile): boolean =>
  level !== "project" && gitcommitid !== undefined && gitcommitid !== "";

/** Most services have no job config. That is not reported, unless the operator wants an answer to every event. */
const ignoreOrAnswer = async (ports: StartJobPorts, event: KeptnEvent): Promise<DeliveryResult> => {
  const { service, stage, project } = event.data;
  const message = `There is no job/config.yaml for service ${service}, stage ${stage} or project ${project}.`;
  if (!ports.settings.ALWAYS_SEND_FINISHED_EVENT) return ignore(ports, message, { event: event.id });
  return withoutConfig(ports, event, message);
};

/** Whether an action would match is unknown: unless every event must be answered, only Keptn's error log is told. */
const withoutConfig = (ports: StartJobPorts, event: KeptnEvent, message: string): Promise<DeliveryResult> => {
  const { ALWAYS_SEND_FINISHED_EVENT: always, KEPTN_SOURCE: source } = ports.settings;
  return refuse(ports, event, { message, ...(always ? { source } : {}) });
};

const ignore = (ports: StartJobPorts, why: string, about: Record<string, string> = {}): DeliveryResult => {
  ports.log({ level: "info", message: `ignored: ${why}`, ...about });
  return done(why);
};
