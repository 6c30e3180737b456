// The place on a real API server: a namespace of its own on the cluster that KUBECONFIG names, and Keptn's double.
import { KubeConfig } from "@kubernetes/client-node/dist/config.js";
import type { KubernetesApi } from "../../../functions/lib/kubernetes/api.ts";
import { openConnection } from "../../../functions/lib/kubernetes/wire.ts";
import { forNoNode } from "../../cluster/harness/kubelet.ts";
import { makeNamespace } from "../../cluster/namespace.ts";
import { startTellingKeptn } from "./keptn.ts";
import { configure, makeConfig, type Place } from "./place.ts";

export interface Cluster extends Place {
  readonly api: KubernetesApi;
  readonly namespace: string;
}

/** Its tasks' pods are for no node: what they do is the harness's to say. */
export const openCluster = async (): Promise<Cluster> => {
  const [{ keptn, finishedOf }, { api, name, remove }] = await Promise.all([
    startTellingKeptn(),
    makeNamespace("bench"),
  ]);
  configure(keptn, makeConfig(forNoNode.replace("resources: ", "")));
  const config = new KubeConfig();
  config.loadFromDefault();
  const { server: url, agent } = await openConnection(config);
  return {
    ...{ name: "real API server", keptn, finishedOf, apiServer: { url, agent }, api, namespace: name },
    env: {
      ...{ KEPTN_API_ENDPOINT: keptn.endpoint, KEPTN_API_TOKEN: keptn.token },
      ...{ JOB_NAMESPACE: name, TIMER_NAMESPACE: name, KUBECONFIG: process.env["KUBECONFIG"] ?? "" },
    },
    close: async () => {
      await remove();
      await keptn.close();
    },
  };
};
