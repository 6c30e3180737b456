// Overlays that `job-executor migrate` makes of values, built as `kubectl apply -k` would build them.
import assert from "node:assert/strict";
import { realpathSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative, resolve } from "node:path";
import { defaultImage } from "../../functions/cli/migrate/values/general-notes.ts";
import { planMigration } from "../../functions/cli/migrate/values/plan-migration.ts";
import { buildManifests, type KubernetesObject } from "./overlays.ts";

/** Values that make the same overlay are built once. */
export const buildMigrated = (text: string, namespace = "job-executor"): Promise<readonly KubernetesObject[]> => {
  const overlay = migratedFrom(text, namespace, "../manifests");
  const known = built.get(overlay) ?? build(text, namespace);
  built.set(overlay, known);
  return known;
};

const built = new Map<string, Promise<readonly KubernetesObject[]>>();

const build = async (text: string, namespace: string): Promise<readonly KubernetesObject[]> => {
  const folder = await mkdtemp(join(tmpdir(), "migrated-"));
  try {
    const manifests = relative(realpathSync(folder), resolve("manifests"));
    await writeFile(join(folder, "kustomization.yaml"), migratedFrom(text, namespace, manifests));
    return await buildManifests(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
};

const migratedFrom = (text: string, namespace: string, manifests: string): string => {
  const options = { namespace, image: defaultImage, folder: "overlay", manifests };
  const planned = planMigration({ text, file: "values.yaml", ...options });
  assert.ok("overlay" in planned);
  return planned.overlay;
};
