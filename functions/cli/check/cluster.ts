// Opens the cluster to check.
import { connectClusterReader } from "../../lib/kubernetes/cluster-reader.ts";
import type { Access } from "../../lib/kubernetes/kubeconfig.ts";
import { connectAs, explain } from "../runs/cluster.ts";
import type { Terminal } from "../terminal.ts";
import type { CheckGiven } from "./handler.ts";

/** @throws a usage error if the kubeconfig cannot be used */
export const openInstallation = (access: Access, env: Terminal["env"]): CheckGiven["cluster"] => {
  const api = connectAs(access, env);
  const reader = connectClusterReader(api);
  return {
    reader: {
      ...reader,
      getServer: (now) =>
        reader.getServer(now).catch((fault) => {
          throw explain(fault, { server: api.server, what: "the version of the cluster", namespace: "*" });
        }),
    },
    namespace: api.namespace,
  };
};
