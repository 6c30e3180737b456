// A local pod's volumes as folders: emptyDirs and claims are empty folders, Secrets and ConfigMaps have a file for each key.
import { chmod, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { checkDataKey } from "../../lib/core/config/kubernetes-names.ts";
import type { Pod, Volume } from "../../lib/core/kubernetes.ts";
import { type Given, notGiven, type Values, valuesOf } from "./container-env.ts";

export interface PodVolumes {
  /** Folders by volume name. */
  readonly folders: ReadonlyMap<string, string>;
  /** Why the pod cannot start, in the kubelet's words if it has any. */
  readonly missing?: string;
}

/** @param parent folder of all the run's pods, so that tasks with the same claim share its folder */
export const makePodVolumes = async (parent: string, pod: Pod, given: Given): Promise<PodVolumes> => {
  const folders = new Map<string, string>();
  for (const volume of pod.spec?.volumes ?? []) {
    const made = await makeVolume(volume, { parent, pod: pod.metadata?.name ?? "", given });
    if (typeof made === "object") return { folders, ...made };
    if (made !== undefined) folders.set(volume.name, made);
  }
  return { folders };
};

/** @returns its folder; undefined for other kinds, which containers here do not mount */
const makeVolume = async (
  { name, emptyDir, persistentVolumeClaim: claim, secret, configMap }: Volume,
  { parent, pod, given }: { readonly parent: string; readonly pod: string; readonly given: Given },
): Promise<string | undefined | { readonly missing: string }> => {
  const own = join(parent, pod, "volumes", name);
  if (emptyDir) return makeOpenFolder(own);
  if (claim) return makeOpenFolder(join(parent, "claims", claim.claimName));
  if (secret) return fill(own, valuesOf(given, "Secret", secret.secretName), notGiven("Secret", secret.secretName));
  if (!configMap) return undefined;
  return fill(own, valuesOf(given, "ConfigMap", configMap.name), notGiven("ConfigMap", configMap.name));
};

/** Writable for any user of the image, like an emptyDir. */
export const makeOpenFolder = async (path: string): Promise<string> => {
  await mkdir(path, { recursive: true });
  await chmod(path, 0o777);
  return path;
};

const fill = async (folder: string, values: Values | undefined, missing: string) => {
  if (!values) return { missing };
  const wrong = Object.keys(values).find((key) => checkDataKey(key) !== undefined);
  if (wrong !== undefined) return { missing: `${JSON.stringify(wrong)} is not a valid key of a Secret or ConfigMap` };
  await mkdir(folder, { recursive: true });
  for (const [key, value] of Object.entries(values)) await writeFile(join(folder, key), value, { mode: 0o444 });
  return folder;
};
