// Retries on our API server double meet the contract of real ones.
import { connectApi } from "../../../functions/lib/kubernetes/api.ts";
import { retriesContract } from "../../contract/retries.contract.ts";
import { startApiServer } from "../../doubles/kubernetes/api-server.ts";

retriesContract("a double of the API server", async () => {
  const server = await startApiServer();
  server.fateOf = ({ spec }) => {
    const script = spec?.template.spec?.containers[0]?.command?.at(-1) ?? "";
    return script.startsWith("exit") ? { exitCode: Number(script.slice(5)) } : { afterMs: 1e6 };
  };
  const evict = async ({ metadata }: { metadata?: { namespace?: string; name?: string } }) =>
    server.evict(metadata?.namespace ?? "", metadata?.name ?? "");
  return {
    ...{ api: connectApi({ kubeconfig: server.kubeconfig }), namespace: "jobs", image: "image", evict },
    close: server.close,
  };
});
