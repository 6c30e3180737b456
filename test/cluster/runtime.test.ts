// Tests a real cluster and the local runtime against the same contract: the outcome of a released Job.
import { test } from "node:test";
import { connectJobs } from "../../functions/lib/kubernetes/jobs.ts";
import { connectPods } from "../../functions/lib/kubernetes/pods.ts";
import { runtimeContract } from "../contract/runtime.contract.ts";
import { makeNamespace, noCluster } from "./namespace.ts";

if (noCluster) test("runtime contract on a real cluster", { skip: noCluster }, () => {});
else
  runtimeContract("a real cluster", async () => {
    const namespace = await makeNamespace("runtime");
    return {
      jobs: connectJobs(namespace.api),
      pods: connectPods(namespace.api),
      namespace: namespace.name,
      image: process.env["TEST_IMAGE"] ?? "dev.local/busybox:1",
      deadlineSeconds: 10,
      close: () => namespace.remove(),
    };
  });
