// Tests the ApiServerSource on a real API server against the contract of its double.
import { test } from "node:test";
import { jobWatchContract } from "../contract/job-watch.contract.ts";
import { makeNamespace, noCluster } from "./namespace.ts";

if (noCluster) test("the watch's contract on a real API server", { skip: noCluster }, () => {});
else
  jobWatchContract("a real API server", async () => {
    const { api, name, remove } = await makeNamespace("watch");
    return { api, namespace: name, close: remove };
  });
