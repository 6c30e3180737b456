// Checks the Ready condition of a Knative object.
import { asSentence, oneLine } from "../text/log-text.ts";
import type { Conditioned, Seen } from "./facts.ts";
import { type Finding, type FindingId, fine, warn, wrong } from "./finding.ts";

export interface Subject {
  readonly id: FindingId;
  /** `Broker keptn` */
  readonly name: string;
  readonly namespace: string;
  /** For kubectl: `broker/keptn`. */
  readonly ref: string;
}

/** @returns nothing if its kind is not installed, which is a separate finding */
export const checkReady = (subject: Subject, seen: Seen<Conditioned>): Finding[] => {
  const { id, name, namespace, ref } = subject;
  switch (seen.kind) {
    case "not-installed":
      return [];
    case "missing":
      return [wrong(id, `${name} does not exist in namespace ${namespace}.`, applyAgain)];
    case "unknown":
      return [unseen(id, name, seen.why)];
    case "there": {
      const why = notReadyBecause(seen.object);
      if (why === undefined) return [fine(id, `${name} is ready.`)];
      return [wrong(id, `${name} is not ready: ${why}`, `kubectl -n ${namespace} describe ${ref}`)];
    }
  }
};

export const applyAgain = "Apply your overlay again: kubectl apply -k manifests/overlays/in-cluster";

export const unseen = (id: FindingId, name: string, why: string): Finding =>
  warn(id, `${name} could not be read: ${why}`, "Check as a user with the right to read it (--context).");

/** @returns undefined when it is ready */
export const notReadyBecause = ({ status }: Conditioned): string | undefined => {
  const ready = status?.conditions?.find(({ type }) => type === "Ready");
  if (ready?.status === "True") return undefined;
  if (!ready) return "its controller has not set a status yet.";
  const said = [ready.reason, ready.message && oneLine(ready.message)].filter(Boolean).join(": ");
  return asSentence(said || "its controller is still working; check again in a moment");
};
