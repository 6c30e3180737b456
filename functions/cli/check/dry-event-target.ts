// Where a dry event goes, as far as the cluster says it.
import { settingsOf } from "../../core/check/check-settings.ts";
import type { DryEvent } from "../../core/check/dry-event.ts";
import type { Sighted } from "./gather.ts";

/** What keeps a dry event from being sent, or where it goes. */
export const targetOf = (sighted: Sighted): { readonly url: string } | DryEvent => {
  const { brokers, functions } = sighted;
  const notTried = (why: string, fix: string): DryEvent => ({ kind: "not-tried", why, fix });
  const mend = "Mend what is wrong above, and check again.";
  if (functions["start-job"].kind !== "there") return notTried("there is no start-job that could get it.", mend);
  const url = brokers.keptn.kind === "there" ? brokers.keptn.object.status?.address?.url : undefined;
  if (url === undefined) return notTried("Broker keptn has no address.", mend);
  const { LOG_LEVEL } = settingsOf(sighted);
  if (LOG_LEVEL === "info" || LOG_LEVEL === "debug") return { url };
  return notTried(
    `with LOG_LEVEL=${LOG_LEVEL} start-job does not say what it ignores.`,
    "Set LOG_LEVEL=info for a while.",
  );
};
