// Holds the pods of Jobs with retries on a real cluster and those of their double to the same contract.
import { test } from "node:test";
import { retriesContract } from "../contract/retries.contract.ts";
import { testImage } from "./harness/world.ts";
import { makeNamespace, noCluster } from "./namespace.ts";

if (noCluster) test("retries contract on a real cluster", { skip: noCluster }, () => {});
else
  retriesContract("a real cluster", async () => {
    const { api, name, remove } = await makeNamespace("retries");
    const evict = async ({ metadata }: { metadata?: { name?: string } }): Promise<void> => {
      const body = { apiVersion: "policy/v1", kind: "Eviction", metadata: { name: metadata?.name, namespace: name } };
      await api.call({ method: "POST", path: `/api/v1/namespaces/${name}/pods/${metadata?.name}/eviction`, body });
    };
    return { api, namespace: name, image: testImage, evict, close: remove };
  });
