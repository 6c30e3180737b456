// Our API server double meets the timer's contract, through the same client.
import { connectApi } from "../../../functions/lib/kubernetes/api.ts";
import { timerContract } from "../../contract/timer.contract.ts";
import { startApiServer } from "../../doubles/kubernetes/api-server.ts";

timerContract("a double of the API server", async () => {
  const server = await startApiServer();
  return { api: connectApi({ kubeconfig: server.kubeconfig }), namespace: "jobs", close: server.close };
});
