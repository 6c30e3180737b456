// Our API server double meets the contract of the real one, through the same client.
import { connectApi } from "../../../functions/lib/kubernetes/api.ts";
import { connectJobs } from "../../../functions/lib/kubernetes/jobs.ts";
import { jobsContract } from "../../contract/jobs.contract.ts";
import { startApiServer } from "../../doubles/kubernetes/api-server.ts";

jobsContract("a double of the API server", async () => {
  const server = await startApiServer();
  process.env["KUBECONFIG"] = server.kubeconfig;
  const api = connectApi();
  const namespaces = ["jobs-a", "jobs-b"] as const;
  return {
    jobs: connectJobs(api),
    namespaces,
    touchStatus: async ({ namespace, name }) => {
      const collection = `/apis/batch/v1/namespaces/${namespace}/jobs`;
      const job = server.store.get(collection, name);
      if (job) server.store.write(collection, { ...job, status: { ready: 0 } });
    },
    close: server.close,
  };
});
