// The manifests as `kubectl apply -k` would send them: built by kubectl alone, without a cluster.
import { execFile } from "node:child_process";
import { realpathSync } from "node:fs";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative, resolve } from "node:path";
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

/** Whole installations; overlays/func lacks what func makes. */
export const overlays: readonly string[] = [
  "manifests/overlays/in-cluster",
  "manifests/overlays/remote",
  "manifests/overlays/zero",
];

/** What may be put on top of them; of keptn-source's routes each overlay has its own. */
export const components: readonly string[] = (await readdir("manifests/components")).filter(
  (name) => !name.startsWith("keptn-source-"),
);

/**
 * An overlay with components on top of it, as an operator's own overlay would have them.
 * @param more of the kustomization: namePrefix, patches, ...
 */
export const buildWith = async (
  overlay: string,
  names: readonly string[],
  namespace?: string,
  more: Readonly<Record<string, unknown>> = {},
): Promise<readonly KubernetesObject[]> => {
  const folder = await mkdtemp(join(tmpdir(), "overlay-"));
  try {
    const toHere = (path: string) => relative(realpathSync(folder), resolve(path));
    const kustomization = {
      ...{ apiVersion: "kustomize.config.k8s.io/v1beta1", kind: "Kustomization", resources: [toHere(overlay)] },
      components: names.map((name) => toHere(`manifests/components/${name}`)),
      ...(namespace ? { namespace } : {}),
      ...more,
    };
    await writeFile(join(folder, "kustomization.yaml"), JSON.stringify(kustomization));
    return await buildManifests(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
};

/** Built once for each folder. */
export const buildManifests = (folder: string): Promise<readonly KubernetesObject[]> => {
  const known = built.get(folder) ?? build(folder);
  built.set(folder, known);
  return known;
};

const built = new Map<string, Promise<readonly KubernetesObject[]>>();

const build = async (folder: string): Promise<readonly KubernetesObject[]> => {
  const { stdout } = await promisify(execFile)("kubectl", ["kustomize", folder], { maxBuffer: 16 * 1024 * 1024 });
  return parseAllDocuments(stdout).map((document) => document.toJS() as KubernetesObject);
};
