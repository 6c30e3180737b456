// Tests PingSources of the API server and of its double against the same contract.
import { test } from "node:test";
import { connectApi } from "../../functions/lib/kubernetes/api.ts";
import { timerContract } from "../contract/timer.contract.ts";
import { makeNamespace, noCluster } from "./namespace.ts";

const whyNot = async (): Promise<string | undefined> => {
  if (noCluster) return noCluster;
  const call = { method: "GET", path: "/apis/sources.knative.dev/v1/pingsources?limit=1", expected: [404] } as const;
  return (await connectApi().call(call)).status === 404 ? "PingSources are not installed" : undefined;
};
const skip = await whyNot();

if (skip) test("timer contract on a real API server", { skip }, () => {});
else
  timerContract("a real API server", async () => {
    const { api, name, remove } = await makeNamespace("timer");
    return { api, namespace: name, close: remove };
  });
