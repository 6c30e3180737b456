// Tests the lists of the API server and of its double against the same contract.
import { test } from "node:test";
import { listsContract } from "../contract/lists.contract.ts";
import { makeNamespace, noCluster } from "./namespace.ts";

if (noCluster) test("lists contract on a real API server", { skip: noCluster }, () => {});
else
  listsContract("a real API server", async () => {
    const { api, name, remove } = await makeNamespace("lists");
    return {
      api,
      namespace: name,
      compact: () => {},
      terminate: async () => {
        await api.call({ method: "DELETE", path: `/api/v1/namespaces/${name}` });
      },
      close: remove,
    };
  });
