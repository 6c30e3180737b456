// The ConfigMap with the connections, for the functions, which recover events that webhook-service loses.
import { IoError } from "../../lib/io-error.ts";
import type { Connections } from "../../lib/kubernetes/connections.ts";
import type { Session } from "./ports.ts";

/** Reads and changes it. Failures are only warnings. @param otherwise what follows from a failure */
export const changeConnections = async (
  { ports, options, report }: Session,
  otherwise: string,
  change: (known: Connections, what: string) => Promise<void>,
): Promise<void> => {
  const what = `ConfigMap job-executor-connections in namespace ${options.namespace}`;
  try {
    await change(await ports.cluster.readConnections(options.namespace), what);
  } catch (fault) {
    if (!(fault instanceof IoError)) throw fault;
    const mend = "Run this again as a user with the right to do so (--context).";
    report.add("warning", `${what} could not be updated${otherwise}: ${fault.message}`, mend);
  }
};
