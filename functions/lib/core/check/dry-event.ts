// The dry event: it takes the whole path to start-job and from there to Keptn, without any effect.
import { dryEventProject } from "../event/keptn-event.ts";
import { isRecord, tryJson } from "../json/exact-json.ts";
import { oneLine } from "../text/log-text.ts";
import type { DryEvent, Facts, Trigger } from "./facts.ts";
import { type Finding, fine, warn, wrong } from "./finding.ts";
import { nameWith } from "./names.ts";
import { applyAgain } from "./ready.ts";

const name = dryEventProject;
const usualType = `sh.keptn.event.${name}.triggered`;

/**
 * A thin event with ids of an event and a project that Keptn does not know. start-job asks Keptn for the event, which does not exist. It
 * then asks the API server whether it would accept the ApiServerSource of a run (a server-side dry run), and ignores the event. A full
 * event would leave a line in Keptn's error log, and responses with ALWAYS_SEND_FINISHED_EVENT.
 * @param triggers of start-job
 */
export const makeDryEvent = (id: string, triggers: readonly Trigger[]): Readonly<Record<string, unknown>> => ({
  specversion: "1.0",
  id,
  source: name,
  type: typeFor(triggers),
  datacontenttype: "application/json",
  data: { project: name },
});

/** `kn func` subscribes only to exact types; in that case, one of these. */
const typeFor = (triggers: readonly Trigger[]): string => {
  const exact = triggers.map(exactTypeOf);
  return exact.includes(undefined) ? usualType : (exact[0] ?? usualType);
};

const exactTypeOf = ({ spec }: Trigger): string | undefined =>
  spec?.filters?.find(({ exact }) => exact?.["type"])?.exact?.["type"] ??
  (spec?.filter?.attributes?.["type"] || undefined);

/**
 * @param log of start-job's pods; not all lines are JSON
 * @returns undefined while no line is about this event; `arrived` takes precedence over earlier failures
 */
export const readDryEvent = (log: string, id: string): "arrived" | { readonly failed: string } | undefined => {
  const lines = log.split("\n").flatMap((line) => parseLine(line, id));
  if (lines.some(({ message }) => message.startsWith("ignored: "))) return "arrived";
  const last = lines.findLast(({ level }) => level === "warn" || level === "error");
  return last && { failed: oneLine(last.message) };
};

/** Lines may be Node's own, or truncated. */
const parseLine = (line: string, id: string): { level: string; message: string }[] => {
  const value = line.includes(id) ? tryJson(line) : undefined;
  return isRecord(value) ? [{ level: String(value["level"]), message: String(value["message"]) }] : [];
};

export const checkDryEvent = (
  event: DryEvent,
  { namespace, affixes }: Pick<Facts, "namespace" | "affixes">,
): Finding => {
  const log = `kubectl -n ${namespace} logs -l serving.knative.dev/service=${nameWith(affixes, "start-job")} -c user-container`;
  const way = "The dry event went through Broker keptn to start-job and to Keptn";
  const failed = "start-job received the dry event and failed";
  switch (event.kind) {
    case "not-tried":
      return warn("dry-event", `The dry event could not be tried: ${event.why}`, event.fix);
    case "refused":
      return wrong("dry-event", `Broker keptn did not accept the dry event: ${event.why}`, brokerFix);
    case "arrived":
      return fine("dry-event", `${way} in ${event.seconds} s.`);
    case "failed":
      return wrong("dry-event", `${failed}: ${event.said}`, fixOf(event.said, namespace));
    case "silent":
      return wrong("dry-event", `start-job did not log the dry event within ${event.seconds} s.`, log);
  }
};

const brokerFix = "Check the Broker's own pods: kubectl -n knative-eventing get pods";

/** Depends on io/keptn's error messages. */
const fixOf = (said: string, namespace: string): string => {
  if (/^Kubernetes |ApiServerSource|WATCH_SPEC_DIR/.test(said))
    return `Runs could not create their ApiServerSource. ${applyAgain} (your overlay of it)`;
  if (/: 401\b|: 403\b/.test(said)) {
    return `Keptn rejects our credentials: renew the Secret job-service-keptn-secrets in namespace ${namespace}. A new token does not need a restart.`;
  }
  if (/certificate|self.signed|CERT_/i.test(said)) return "Set KEPTN_CA_FILE to the CA of Keptn's certificate.";
  return "Correct KEPTN_API_ENDPOINT in your overlay, or make sure that Keptn can be reached there from inside the cluster.";
};
