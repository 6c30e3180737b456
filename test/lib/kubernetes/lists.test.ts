// Our API server double meets the contract for lists, through the same client.
import { connectApi } from "../../../functions/lib/kubernetes/api.ts";
import { listsContract } from "../../contract/lists.contract.ts";
import { startApiServer } from "../../doubles/kubernetes/api-server.ts";

listsContract("a double of the API server", async () => {
  const server = await startApiServer();
  return {
    api: connectApi({ kubeconfig: server.kubeconfig }),
    namespace: "jobs",
    compact: server.store.compact,
    terminate: async () => server.setNamespace("jobs", "terminating"),
    close: server.close,
  };
});
