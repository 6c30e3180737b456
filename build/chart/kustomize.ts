// Kustomize's objects: of an overlay, of an overlay with more components, and of a kustomization given as text.
import { execFile } from "node:child_process";
import { mkdtemp, readFile, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative, resolve } from "node:path";
import { promisify } from "node:util";
import { parse, parseAllDocuments } from "yaml";

export interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly [field: string]: unknown;
}

/** As an operator's copy of the overlay with these lines under `components`. */
export const buildOverlay = async (name: string, components: readonly string[] = []): Promise<KubernetesObject[]> => {
  const folder = join("manifests", "overlays", name);
  const overlay = parse(await readFile(join(folder, "kustomization.yaml"), "utf8"));
  const own = (paths: readonly string[] = []) => paths.map((path) => join(folder, path));
  return buildKustomization((toHere) =>
    JSON.stringify({
      ...overlay,
      resources: own(overlay.resources).map(toHere),
      components: [...own(overlay.components), ...components.map((one) => `manifests/components/${one}`)].map(toHere),
    }),
  );
};

/** @param write the text of a kustomization.yaml; it is given what makes a path of this folder one of the kustomization's */
export const buildKustomization = async (
  write: (toHere: (path: string) => string) => string,
): Promise<KubernetesObject[]> => {
  const folder = await mkdtemp(join(await realpath(tmpdir()), "chart-"));
  try {
    await writeFile(
      join(folder, "kustomization.yaml"),
      write((path) => relative(folder, resolve(path))),
    );
    const { stdout } = await promisify(execFile)("kubectl", ["kustomize", folder], { maxBuffer: 2 ** 24 });
    return parseAllDocuments(stdout).map((document) => document.toJS() as KubernetesObject);
  } finally {
    await rm(folder, { recursive: true });
  }
};
