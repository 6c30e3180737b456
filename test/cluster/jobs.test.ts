// Tests the Jobs of the API server and those in memory against the same contract.
import { test } from "node:test";
import { pathOfJob } from "../../functions/lib/kubernetes/job-paths.ts";
import { connectJobs } from "../../functions/lib/kubernetes/jobs.ts";
import { jobsContract } from "../contract/jobs.contract.ts";
import { makeNamespace, noCluster } from "./namespace.ts";

if (noCluster) test("Jobs contract on a real API server", { skip: noCluster }, () => {});
else
  jobsContract("a real API server", async () => {
    const [first, second] = [await makeNamespace("jobs-a"), await makeNamespace("jobs-b")];
    const namespaces = [first.name, second.name] as const;
    return {
      jobs: connectJobs(first.api),
      namespaces,
      touchStatus: async (job) => {
        const body = { metadata: { labels: { touched: String(Date.now()) } } };
        const contentType = "application/merge-patch+json";
        await first.api.call({ method: "PATCH", path: pathOfJob(job), contentType, body });
      },
      close: async () => {
        await Promise.all([first.remove(), second.remove()]);
      },
    };
  });
