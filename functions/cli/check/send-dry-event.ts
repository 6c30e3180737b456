// Sends a dry event to the Broker, and waits for start-job to log it.
import { settingsOf } from "../../lib/core/check/check-settings.ts";
import { makeDryEvent, readDryEvent } from "../../lib/core/check/dry-event.ts";
import type { DryEvent, Trigger } from "../../lib/core/check/facts.ts";
import { IoError } from "../../lib/io-error.ts";
import type { ClusterReader } from "../../lib/kubernetes/cluster-reader.ts";
import type { KnownFacts } from "./read-facts.ts";

export interface DryRun {
  readonly reader: ClusterReader;
  readonly namespace: string;
  /** Name of start-job in this installation. */
  readonly service: string;
  /** URL of Broker keptn. */
  readonly url: string;
  readonly triggers: readonly Trigger[];
  readonly id: string;
  readonly now: () => Date;
  readonly sleep: (ms: number) => Promise<void>;
}

/** @returns the Broker's address, or why no dry event can be sent */
export const targetOf = (known: KnownFacts): { readonly url: string } | DryEvent => {
  const { brokers, functions } = known;
  const notTried = (why: string, fix: string): DryEvent => ({ kind: "not-tried", why, fix });
  const mend = "Fix the errors above, and check again.";
  if (functions["start-job"].kind !== "there") return notTried("start-job does not exist.", mend);
  const url = brokers.keptn.kind === "there" ? brokers.keptn.object.status?.address?.url : undefined;
  if (url === undefined) return notTried("Broker keptn has no address.", mend);
  const { LOG_LEVEL } = settingsOf(known);
  if (LOG_LEVEL === "info" || LOG_LEVEL === "debug") return { url };
  return notTried(
    `with LOG_LEVEL=${LOG_LEVEL}, start-job does not log ignored events.`,
    "Set LOG_LEVEL=info temporarily.",
  );
};

/** A cold start takes about 2 s, and longer if the image must be pulled first. */
const patienceSeconds = 60;
/** A failure may be temporary: the Broker redelivers after 0.5 s, 1 s, 2 s, ... */
const faultSeconds = 12;

export const sendDryEvent = async (dry: DryRun): Promise<DryEvent> => {
  const startMs = dry.now().getTime();
  const seconds = () => Math.round((dry.now().getTime() - startMs) / 100) / 10;
  const { refusal, posted } = post(dry);
  let failed: { readonly said: string; readonly atSeconds: number } | undefined;
  while (seconds() < patienceSeconds) {
    await dry.sleep(1000);
    const seen = await read(dry);
    if (seen === "arrived") return { kind: "arrived", seconds: seconds() };
    if (seen && "kind" in seen) return seen;
    if (seen) failed = { said: seen.failed, atSeconds: failed?.atSeconds ?? seconds() };
    if (failed && seconds() - failed.atSeconds >= faultSeconds) return { kind: "failed", said: failed.said };
    const refused = refusal();
    if (refused && !failed) return refused;
  }
  await posted;
  return failed ? { kind: "failed", said: failed.said } : { kind: "silent", seconds: Math.round(seconds()) };
};

/** The Broker may respond only after start-job did. So the log is read meanwhile, and a timeout is not a refusal. */
const post = ({ reader, url, id, triggers }: DryRun) => {
  let refused: DryEvent | undefined;
  const posted = reader.post(url, makeDryEvent(id, triggers)).catch((fault) => {
    if (!(fault instanceof IoError)) throw fault;
    if (fault.httpStatus === 403) refused = notAllowed(fault, "create services/proxy in the Broker's namespace");
    else if (fault.httpStatus !== undefined) refused = { kind: "refused", why: sentenceOf(fault) };
  });
  return { refusal: () => refused, posted };
};

const read = async ({ reader, namespace, service, id }: DryRun) => {
  const pods = { labelSelector: `serving.knative.dev/service=${service}`, container: "user-container" };
  try {
    return readDryEvent(await reader.readLogs(namespace, pods), id);
  } catch (fault) {
    if (!(fault instanceof IoError)) throw fault;
    if (fault.httpStatus === 403) return notAllowed(fault, `list pods and get pods/log in namespace ${namespace}`);
    return undefined; // the pod is terminating, or the API server is briefly unavailable
  }
};

const notAllowed = (fault: IoError, right: string): DryEvent => ({
  kind: "not-tried",
  why: sentenceOf(fault),
  fix: `Check as a user with the right to ${right} (--context), or skip the dry event: --no-dry-event`,
});

const sentenceOf = ({ message }: IoError): string => message.replace(/\.?$/, ".");
