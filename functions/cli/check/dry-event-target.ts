// Finds the target of a dry event.
import { settingsOf } from "../../lib/core/check/check-settings.ts";
import type { DryEvent } from "../../lib/core/check/facts.ts";
import type { KnownFacts } from "./read-facts.ts";

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
