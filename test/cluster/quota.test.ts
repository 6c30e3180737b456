// Tests a full pod quota on a real cluster and on its double against the same contract.
import { test } from "node:test";
import { quotaContract } from "../contract/quota.contract.ts";
import { makeNamespace, noCluster } from "./namespace.ts";

if (noCluster) test("quota contract on a real cluster", { skip: noCluster }, () => {});
else
  quotaContract("a real cluster", async () => {
    const { api, name, remove } = await makeNamespace("quota");
    return { api, namespace: name, close: remove };
  });
