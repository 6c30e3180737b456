// Checks webhook-service's deny list, and allows it to call the Broker.
import { denyingLines, patchCommand, withLines, withoutLines } from "../../lib/core/connect/deny-list.ts";
import { IoError } from "../../lib/io-error.ts";
import type { Session } from "./ports.ts";

/** @returns lines that were removed from the list */
export const allow = async (session: Session, url: string): Promise<readonly string[]> => {
  const { ports, report, options } = session;
  const { keptnNamespace } = options;
  const denyList = await getDenyList(session);
  if (denyList === undefined) return [];
  const lines = denyingLines(url, denyList);
  if (lines.length === 0) {
    report.add("ok", `webhook-service's deny list does not block ${url}.`);
    return [];
  }
  const changed = withoutLines(denyList, lines);
  if (!options.allow) {
    const mend = `${patchCommand(keptnNamespace, changed)}   (or --allow; affects all users of this Keptn)`;
    report.add("error", `webhook-service's deny list blocks ${url}: ${lines.join(", ")}.`, mend);
    return [];
  }
  const what = `${lines.join(", ")} from webhook-service's deny list, for all users of this Keptn.`;
  await report.change({ would: `Remove ${what}`, done: `Removed ${what}` }, () =>
    ports.cluster.setDenyList(keptnNamespace, changed),
  );
  return options.dryRun ? [] : lines;
};

const getDenyList = async ({ ports, report, options }: Session): Promise<string | undefined> => {
  const { keptnNamespace } = options;
  try {
    const denyList = await ports.cluster.getDenyList(keptnNamespace);
    const text = `Namespace ${keptnNamespace} of this cluster has no deny list of webhook-service: the probe will show whether it can call the Broker.`;
    const fix = "If Keptn is in another namespace of this cluster, set --keptn-namespace.";
    if (denyList === undefined) report.add("warning", text, fix);
    return denyList;
  } catch (fault) {
    if (!(fault instanceof IoError)) throw fault;
    const text = `webhook-service's deny list could not be read, so the probe will show whether it blocks the Broker: ${fault.message}`;
    report.add("warning", text);
    return undefined;
  }
};

/** Restores the lines that `--allow` removed, when the last connection is removed. @throws IoError */
export const disallow = async ({ ports, report, options }: Session, lines: readonly string[]): Promise<void> => {
  if (lines.length === 0) return;
  const denyList = await ports.cluster.getDenyList(options.keptnNamespace);
  if (denyList === undefined) return;
  const what = `${lines.join(", ")} in webhook-service's deny list.`;
  await report.change({ would: `Restore ${what}`, done: `Restored ${what}` }, () =>
    ports.cluster.setDenyList(options.keptnNamespace, withLines(denyList, lines)),
  );
};
