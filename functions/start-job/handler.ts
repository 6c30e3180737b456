// start-job: a Keptn event becomes runs. Read the job config, plan, create the Jobs; from there on the chain takes over.
import { type Answer, done } from "../chain/answer.ts";
import { probeType } from "../core/connect/probe.ts";
import { dryEventProject, envelopeOf, type KeptnEvent, parseKeptnEvent } from "../core/keptn-event.ts";
import { renderProblems } from "../core/problem.ts";
import { unlessRefused } from "../io/io-error.ts";
import type { EventRef, JobConfigFile } from "../io/keptn.ts";
import { getKnownEvent } from "./known-event.ts";
import { refuse } from "./refuse.ts";
import { type StartJobPorts, startRuns } from "./start-runs.ts";

export type { StartJobPorts };

/**
 * @param value a CloudEvent, extensions as properties, JSON data parsed
 * @throws IoError when Kubernetes or Keptn cannot be reached: the same event again goes on from what is there
 */
export const startJob =
  (ports: StartJobPorts) =>
  async (value: unknown): Promise<Answer> => {
    const parsed = parseKeptnEvent(value);
    switch (parsed.kind) {
      case "malformed":
        ports.log({ level: "warn", message: renderProblems(parsed.problems) });
        return { statusCode: 400, why: renderProblems(parsed.problems) };
      case "not-keptn":
        return ignore(ports, parsed.why);
      case "thin":
        return startAsKeptnHasIt(ports, parsed, "; it was asked because the event that arrived has no shkeptncontext");
      case "event":
        return ports.settings.VERIFY_EVENTS
          ? startAsKeptnHasIt(ports, envelopeOf(parsed.event))
          : start(ports, parsed.event);
    }
  };

/**
 * VERIFY_EVENTS, and thin events: anybody who reaches the Broker can send an event under an id that Keptn knows. Only the id, type and
 * project of what arrived are used, to ask; service, data, commit and time are Keptn's own.
 */
const startAsKeptnHasIt = async (ports: StartJobPorts, sent: EventRef, reason = ""): Promise<Answer> => {
  const event = await getKnownEvent(ports, sent);
  // `job-executor check` wants to know whether a run could have its watch, too.
  if (!event && sent.project === dryEventProject) await ports.watch?.rehearse(ports.clock.now());
  if (event) return start(ports, event);
  return ignore(ports, `Keptn knows no open event ${sent.id}${reason}`, { event: sent.id });
};

const start = async (ports: StartJobPorts, event: KeptnEvent): Promise<Answer> => {
  if (event.type === probeType) return (await import("./answer-probe.ts")).answerProbe(ports, event);
  const about = { event: event.id, context: event.shkeptncontext };
  ports.log({ level: "debug", message: `begins with ${event.type}`, ...about });
  const read = await unlessRefused(() => ports.keptn.getJobConfig(event));
  if ("refusal" in read) return withoutConfig(ports, event, read.refusal.message);
  const file = read.done;
  if (!file) return ignoreOrAnswer(ports, event);
  const { planRuns } = await import("../core/plan.ts"); // YAML, schema, patterns: only for events that get this far
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

/** Whether every delivery of the event meets this config: it was read at the event's commit. A project's own is read at HEAD. */
const isPinned = ({ gitcommitid }: KeptnEvent, { level }: JobConfigFile): boolean =>
  level !== "project" && gitcommitid !== undefined && gitcommitid !== "";

/** Most services have no job config: that is nothing to tell of, unless the operator wants an answer to every event. */
const ignoreOrAnswer = async (ports: StartJobPorts, event: KeptnEvent): Promise<Answer> => {
  const { service, stage, project } = event.data;
  const message = `There is no job/config.yaml for service ${service}, stage ${stage} or project ${project}.`;
  if (!ports.settings.ALWAYS_SEND_FINISHED_EVENT) return ignore(ports, message, { event: event.id });
  return withoutConfig(ports, event, message);
};

/** Nobody knows whether an action would have matched: without a reason to answer every event, only Keptn's error log hears of it. */
const withoutConfig = (ports: StartJobPorts, event: KeptnEvent, message: string): Promise<Answer> => {
  const { ALWAYS_SEND_FINISHED_EVENT: always, KEPTN_SOURCE: source } = ports.settings;
  return refuse(ports, event, { message, ...(always ? { source } : {}) });
};

const ignore = (ports: StartJobPorts, why: string, about: Record<string, string> = {}): Answer => {
  ports.log({ level: "info", message: `ignored: ${why}`, ...about });
  return done(why);
};
