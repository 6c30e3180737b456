// Tests the pods of Jobs with retries on a real cluster and those of their double against the same contract.
import { test } from "node:test";
import { retriesContract } from "../contract/retries.contract.ts";
import { evict } from "./harness/pods.ts";
import { testImage } from "./harness/world.ts";
import { makeNamespace, noCluster } from "./namespace.ts";

if (noCluster) test("retries contract on a real cluster", { skip: noCluster }, () => {});
else
  retriesContract("a real cluster", async () => {
    const { api, name, remove } = await makeNamespace("retries");
    return { api, namespace: name, image: testImage, evict: (pod) => evict(api, pod), close: remove };
  });
