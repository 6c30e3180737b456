// The cluster that somebody wants to be looked at.

import { connectInspector } from "../../io/kubernetes/inspect.ts";
import type { Access } from "../../io/kubernetes/kubeconfig.ts";
import { connectAs, explain } from "../runs/cluster.ts";
import type { Terminal } from "../terminal.ts";
import type { CheckGiven } from "./handler.ts";

/** Somebody waits: it is tried again for so long, no longer. */
const budgetSeconds = 3;

/** @throws an error of wrong usage when the kubeconfig cannot be used */
export const openInstallation = (access: Access, env: Terminal["env"]): CheckGiven["cluster"] => {
  const api = connectAs({ budgetSeconds, ...access }, env);
  const inspector = connectInspector(api);
  return {
    inspector: {
      ...inspector,
      getServer: (now) =>
        inspector.getServer(now).catch((fault) => {
          throw explain(fault, { server: api.server, what: "the version of the cluster", namespace: "*" });
        }),
    },
    namespace: api.namespace,
  };
};
