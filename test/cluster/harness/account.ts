// A kubeconfig with the rights of a service account.
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { KubeConfig } from "@kubernetes/client-node/dist/config.js";
import type { KubernetesApi } from "../../../functions/lib/kubernetes/api.ts";

/** @param folder where the file is written @returns the file; its namespace is the account's, as in a pod */
export const makeKubeconfig = async (
  api: KubernetesApi,
  { namespace, name }: { readonly namespace: string; readonly name: string },
  folder: string,
): Promise<string> => {
  const request = { spec: { expirationSeconds: 3600 } };
  const path = `/api/v1/namespaces/${namespace}/serviceaccounts/${name}/token`;
  const { body } = await api.call<{ status: { token: string } }>({ method: "POST", path, body: request });
  const config = new KubeConfig();
  config.loadFromDefault();
  const cluster = config.getCurrentCluster();
  if (!cluster) throw new Error("the kubeconfig has no current cluster");
  const users = [{ name, token: body.status.token }];
  const contexts = [{ name, cluster: cluster.name, user: name, namespace }];
  config.loadFromOptions({ clusters: [cluster], users, contexts, currentContext: name });
  const file = join(folder, name);
  await writeFile(file, config.exportConfig());
  return file;
};
