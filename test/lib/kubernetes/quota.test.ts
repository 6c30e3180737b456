// Quotas of our API server double meet the contract of real ones.
import { connectApi } from "../../../functions/lib/kubernetes/api.ts";
import { quotaContract } from "../../contract/quota.contract.ts";
import { startApiServer } from "../../doubles/kubernetes/api-server.ts";

quotaContract("a double of the API server", async () => {
  const server = await startApiServer();
  return { api: connectApi({ kubeconfig: server.kubeconfig }), namespace: "jobs", close: server.close };
});
