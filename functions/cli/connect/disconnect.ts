// job-executor disconnect: undoes what connect did, and nothing else.
import { keyOf } from "../../lib/core/connect/connections.ts";
import { noSubscription, planDisconnect } from "../../lib/core/connect/plan-connect.ts";
import type { ExitCode } from "../exit-codes.ts";
import type { Terminal } from "../terminal.ts";
import { disallow } from "./allow.ts";
import { changeConnections } from "./connection-map.ts";
import { selectionFrom } from "./events.ts";
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
  const selection = selectionFrom(options, "Name it: --project sockshop.");
  const report = makeReport(terminal, options);
  const keptnView = await readKeptn(ports.keptn, selection, report);
  if (keptnView) {
    const session: Session = { ports, options, selection, integration: keptnView.integration, report };
    const { unwanted, orphans } = planDisconnect(selection, keptnView);
    if (unwanted.length + orphans.length === 0) report.add("ok", noSubscription(selection));
    const removed = await unsubscribe(session, unwanted);
    await writeFile(session, keptnView, { put: [], remove: [...removed, ...orphans] });
    await forget(session);
  }
  return report.end(selection);
};

/** With the last connection, also removes the timer of `--look-every` and undoes `--allow`. */
const forget = (session: Session): Promise<void> =>
  changeConnections(session, "", async ({ data, allowed }, what) => {
    const { ports, options, selection, report } = session;
    const { namespace } = options;
    const { [keyOf(selection)]: own, ...others } = data;
    if (own === undefined) return;
    const isLast = Object.keys(others).length === 0;
    if (isLast) await disallow(session, allowed);
    if (isLast && (await ports.cluster.getLookTimer(namespace)) !== undefined) {
      const timer = "PingSource job-executor-look.";
      await report.change({ would: `Delete ${timer}`, done: `Deleted ${timer}` }, () =>
        ports.cluster.deleteLookTimer(namespace),
      );
    }
    await report.change({ would: `Remove it from ${what}.`, done: `Removed it from ${what}.` }, () =>
      ports.cluster.writeConnections(namespace, { data: others, allowed }),
    );
  });
