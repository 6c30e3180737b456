// job-executor disconnect: undoes what connect did, and nothing else.
import { keyOf } from "../../lib/core/connect/connections.ts";
import { noSubscription, planDisconnect } from "../../lib/core/connect/plan-connect.ts";
import { IoError } from "../../lib/io-error.ts";
import { type ExitCode, exitCode } from "../exit-codes.ts";
import { usageError } from "../fault.ts";
import type { Terminal } from "../terminal.ts";
import { disallow } from "./allow.ts";
import type { ConnectOptions, ConnectPorts, Session } from "./ports.ts";
import { readKeptn } from "./read-keptn.ts";
import { makeReport } from "./report.ts";
import { unsubscribe, writeFile } from "./subscribe.ts";

/** @throws IoError, a usage error */
export const disconnect = async (
  options: ConnectOptions,
  ports: ConnectPorts,
  terminal: Terminal,
): Promise<ExitCode> => {
  const { project, stage, service } = options;
  if (!project) throw usageError("No project given. Name it: --project sockshop.");
  const selection = { project, ...(stage ? { stage } : {}), ...(service ? { service } : {}) };
  const report = makeReport(terminal);
  const keptnView = await readKeptn(ports.keptn, selection, report);
  if (keptnView) {
    const session: Session = { ports, options, selection, integration: keptnView.integration, report };
    const { unwanted, orphans } = planDisconnect(selection, keptnView);
    if (unwanted.length + orphans.length === 0) report.add("ok", noSubscription(selection));
    const removed = await unsubscribe(session, unwanted);
    await writeFile(session, keptnView, { put: [], remove: [...removed, ...orphans] });
    await forget(session);
  }
  if (options.format === "json") terminal.print(JSON.stringify({ ...selection, steps: report.steps }, undefined, 2));
  return report.hasErrors() ? exitCode.failed : exitCode.ok;
};

/** With the last connection, also removes the timer of `--look-every` and undoes `--allow`. */
const forget = async (session: Session): Promise<void> => {
  const { ports, options, selection, report } = session;
  const { namespace, dryRun } = options;
  const what = `ConfigMap job-executor-connections in namespace ${namespace}`;
  try {
    const { data, allowed } = await ports.cluster.readConnections(namespace);
    const { [keyOf(selection)]: own, ...others } = data;
    if (own === undefined) return;
    const isLast = Object.keys(others).length === 0;
    if (isLast) await disallow(session, allowed);
    if (isLast && (await ports.cluster.getLookTimer(namespace)) !== undefined) {
      if (!dryRun) await ports.cluster.deleteLookTimer(namespace);
      report.add(
        dryRun ? "would" : "done",
        dryRun ? "Delete PingSource job-executor-look." : "Deleted PingSource job-executor-look.",
      );
    }
    if (dryRun) return report.add("would", `Remove it from ${what}.`);
    await ports.cluster.writeConnections(namespace, { data: others, allowed });
    report.add("done", `Removed it from ${what}.`);
  } catch (fault) {
    if (!(fault instanceof IoError)) throw fault;
    report.add(
      "warning",
      `${what} could not be updated: ${fault.message}`,
      "Run this again as a user with the right to do so (--context).",
    );
  }
};
