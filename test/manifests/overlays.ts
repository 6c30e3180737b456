// The manifests as `kubectl apply -k` would send them: built by kubectl alone, without a cluster.
import { execFile } from "node:child_process";
import { readdir } from "node:fs/promises";
import { promisify } from "node:util";
import { parseAllDocuments } from "yaml";

export interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
  };
  // biome-ignore lint/suspicious/noExplicitAny: of any kind
  readonly [field: string]: any;
}

/** Why manifests cannot be built here; undefined when they can. */
export const noKubectl: string | undefined = await promisify(execFile)("kubectl", ["version", "--client"]).then(
  () => undefined,
  () => "there is no kubectl",
);

export const overlays: readonly string[] = (await readdir("manifests/overlays")).map(
  (name) => `manifests/overlays/${name}`,
);

export const buildManifests = async (folder: string): Promise<readonly KubernetesObject[]> => {
  const { stdout } = await promisify(execFile)("kubectl", ["kustomize", folder], { maxBuffer: 16 * 1024 * 1024 });
  return parseAllDocuments(stdout).map((document) => document.toJS() as KubernetesObject);
};
