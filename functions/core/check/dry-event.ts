// A dry event: it goes the whole way to start-job and from there to Keptn, and nothing comes of it.
import { dryEventProject } from "../keptn-event.ts";
import { oneLine } from "../log-text.ts";
import type { Facts, Trigger } from "./facts.ts";
import { type Finding, fine, warn, wrong } from "./finding.ts";
import { nameWith } from "./names.ts";
import { applyAgain } from "./ready.ts";

/** What became of it. */
export type DryEvent =
  /** It was not sent, or what became of it may not be seen: why, as a sentence, and what would let it be tried. */
  | { readonly kind: "not-tried"; readonly why: string; readonly fix: string }
  /** The Broker did not take it. */
  | { readonly kind: "refused"; readonly why: string }
  | { readonly kind: "arrived"; readonly seconds: number }
  /** start-job says what it fails at. */
  | { readonly kind: "failed"; readonly said: string }
  | { readonly kind: "silent"; readonly seconds: number };

const name = dryEventProject;
const usualType = `sh.keptn.event.${name}.triggered`;

/**
 * Thin: only ids, of an event and a project that Keptn has never heard of. start-job asks Keptn for it, hears that there is none,
 * and ignores it, once the API server has said that it would take the ApiServerSource of a run (a server-side dry run). A whole event would leave a line in Keptn's error log, and answers with ALWAYS_SEND_FINISHED_EVENT.
 * @param triggers of start-job
 */
export const makeDryEvent = (id: string, triggers: readonly Trigger[]): Readonly<Record<string, unknown>> => ({
  ...{ specversion: "1.0", id, source: name, type: typeFor(triggers) },
  ...{ datacontenttype: "application/json", data: { project: name } },
});

/** `kn func` subscribes to exact types only: then it is one of these. */
const typeFor = (triggers: readonly Trigger[]): string => {
  const exact = triggers.map(exactTypeOf);
  return exact.includes(undefined) ? usualType : (exact[0] ?? usualType);
};

const exactTypeOf = ({ spec }: Trigger): string | undefined =>
  spec?.filters?.find(({ exact }) => exact?.["type"])?.exact?.["type"] ??
  (spec?.filter?.attributes?.["type"] || undefined);

/**
 * @param log of start-job's pods, lines of JSON among others
 * @returns undefined while nothing is said about this event; `arrived` wins over what failed before it
 */
export const readDryEvent = (log: string, id: string): "arrived" | { readonly failed: string } | undefined => {
  const lines = log.split("\n").flatMap((line) => parseLine(line, id));
  if (lines.some(({ message }) => message.startsWith("ignored: "))) return "arrived";
  const last = lines.findLast(({ level }) => level === "warn" || level === "error");
  return last && { failed: oneLine(last.message) };
};

const parseLine = (line: string, id: string): { level: string; message: string }[] => {
  if (!line.includes(id)) return [];
  try {
    const { level, message } = JSON.parse(line) as Record<string, unknown>;
    return [{ level: String(level), message: String(message) }];
  } catch {
    return []; // a line of Node's own, or half of one
  }
};

export const checkDryEvent = (
  event: DryEvent,
  { namespace, affixes }: Pick<Facts, "namespace" | "affixes">,
): Finding => {
  const log = `kubectl -n ${namespace} logs -l serving.knative.dev/service=${nameWith(affixes, "start-job")} -c user-container`;
  switch (event.kind) {
    case "not-tried":
      return warn("dry-event", `Whether a dry event arrives could not be tried: ${event.why}`, event.fix);
    case "refused":
      return wrong("dry-event", `Broker keptn did not take the dry event: ${event.why}`, brokerFix);
    case "arrived":
      return fine("dry-event", `A dry event went by Broker keptn to start-job and to Keptn in ${event.seconds} s.`);
    case "failed":
      return wrong("dry-event", `start-job got the dry event and failed: ${event.said}`, fixOf(event.said, namespace));
    case "silent":
      return wrong("dry-event", `start-job said nothing of the dry event for ${event.seconds} s.`, log);
  }
};

const brokerFix = "Look at the Broker's own pods: kubectl -n knative-eventing get pods";

/** By what io/keptn says of a refusal or of no answer at all. */
const fixOf = (said: string, namespace: string): string => {
  if (/^Kubernetes |ApiServerSource|WATCH_SPEC_DIR/.test(said))
    return `No run could have its ApiServerSource. ${applyAgain} (your overlay of it)`;
  if (/: 401\b|: 403\b/.test(said)) {
    return `Keptn does not take our credentials: renew the Secret job-service-keptn-secrets in namespace ${namespace}. A new token needs no restart.`;
  }
  if (/certificate|self.signed|CERT_/i.test(said)) return "Set KEPTN_CA_FILE to the authority of Keptn's certificate.";
  return "Correct KEPTN_API_ENDPOINT in your overlay, or see that Keptn answers there, seen from inside the cluster.";
};
