// Whether webhook-service may call the Broker: its deny list, and the one line that mends it.
import { denyingLines, patchCommand, withLines, withoutLines } from "../../core/connect/deny-list.ts";
import { IoError } from "../../io/io-error.ts";
import type { Session } from "./ports.ts";

/** @returns lines that were taken out of the list */
export const allow = async (session: Session, url: string): Promise<readonly string[]> => {
  const { ports, report, options } = session;
  const { keptnNamespace } = options;
  const denyList = await getDenyList(session);
  if (denyList === undefined) return [];
  const lines = denyingLines(url, denyList);
  if (lines.length === 0) {
    report.add("ok", `webhook-service's deny list does not name ${url}.`);
    return [];
  }
  const mended = withoutLines(denyList, lines);
  const said = `webhook-service's deny list keeps it from calling ${url}: ${lines.join(", ")}`;
  if (!options.allow) {
    report.add(
      "error",
      `${said}.`,
      `${patchCommand(keptnNamespace, mended)}   (or: --allow; it holds for all users of this Keptn)`,
    );
    return [];
  }
  if (options.dryRun) {
    report.add("would", `Take ${lines.join(", ")} out of webhook-service's deny list, for all users of this Keptn.`);
    return [];
  }
  await ports.cluster.setDenyList(keptnNamespace, mended);
  report.add("done", `${lines.join(", ")} taken out of webhook-service's deny list, for all users of this Keptn.`);
  return lines;
};

const getDenyList = async ({ ports, report, options }: Session): Promise<string | undefined> => {
  const { keptnNamespace } = options;
  try {
    const denyList = await ports.cluster.getDenyList(keptnNamespace);
    if (denyList === undefined) {
      report.add(
        "warning",
        `There is no deny list of webhook-service in namespace ${keptnNamespace} of this cluster: the probe will tell.`,
        "--keptn-namespace, if Keptn is elsewhere in this cluster.",
      );
    }
    return denyList;
  } catch (fault) {
    if (!(fault instanceof IoError)) throw fault;
    report.add("warning", `webhook-service's deny list could not be looked at, the probe will tell: ${fault.message}`);
    return undefined;
  }
};

/** What `--allow` took out, when the last connection goes. @throws IoError */
export const disallow = async ({ ports, report, options }: Session, lines: readonly string[]): Promise<void> => {
  if (lines.length === 0) return;
  const denyList = await ports.cluster.getDenyList(options.keptnNamespace);
  if (denyList === undefined) return;
  if (options.dryRun) return report.add("would", `Put ${lines.join(", ")} back into webhook-service's deny list.`);
  await ports.cluster.setDenyList(options.keptnNamespace, withLines(denyList, lines));
  report.add("done", `${lines.join(", ")} put back into webhook-service's deny list.`);
};
