// An installation from the manifests in the test's own namespace: an operator's first and last day.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

export interface Installation {
  readonly namespace: string;
  /** `kubectl apply -k`; again with another image: an upgrade. */
  apply(image: string): Promise<void>;
  /** `kubectl delete -k`. Once more, it does nothing. @param wait until all is gone */
  remove(wait?: boolean): Promise<void>;
  kubectl(...args: readonly string[]): Promise<string>;
  /** In the installation's namespace. */
  applyObject(object: object): Promise<void>;
}

export interface InstallationOptions {
  readonly overlay: "in-cluster" | "remote" | "func" | "zero";
  /** In the place of the overlay's own. */
  readonly settings?: Readonly<Record<string, string>>;
  readonly token: string;
}

export const makeInstallation = async (options: InstallationOptions): Promise<Installation> => {
  const namespace = `jes-${randomBytes(3).toString("hex")}`;
  const folder = await mkdtemp(join(tmpdir(), "manifests-"));
  await cp("manifests", folder, { recursive: true });
  await rename(folder, namespace);
  const overlay = join(folder, "overlays", options.overlay);
  const kubectl: Installation["kubectl"] = (...args) => run(["-n", namespace, ...args]);
  return {
    namespace,
    kubectl,
    applyObject: (object) => apply(JSON.stringify(object), namespace),
    apply: async (image) => {
      await edit(join(folder, "overlays"), { ...options, image });
      await run(["apply", "--server-side", "-k", overlay]);
      const secret = [
        "create",
        "secret",
        "generic",
        "job-service-keptn-secrets",
        `--from-literal=token=${options.token}`,
      ];
      const yaml = await kubectl(...secret, "--dry-run=client", "-o", "json");
      await apply(yaml, namespace);
    },
    remove: async (wait = true) => {
      if (!existsSync(overlay)) return;
      // As docs/install.md says: a Job whose run is not finished would hold the namespace forever.
      const held = await kubectl("get", "jobs", "-o", "jsonpath={.items[?(@.metadata.finalizers)].metadata.name}");
      for (const job of held.split(" ").filter(Boolean)) {
        await kubectl("patch", "job", job, "--type=merge", "-p", '{"metadata":{"finalizers":null}}').catch(() => {});
      }
      await run(["delete", "--ignore-not-found", `--wait=${wait}`, "--timeout=180s", "-k", overlay]);
      await rm(folder, { recursive: true });
    },
  };
};

/** The namespace of the manifests is named in one place for each folder. */
const rename = async (folder: string, namespace: string): Promise<void> => {
  const files = await readdir(folder, { recursive: true, withFileTypes: true });
  for (const file of files.filter((entry) => entry.isFile())) {
    const path = join(file.parentPath, file.name);
    await writeFile(path, (await readFile(path, "utf8")).replaceAll("keptn-jes", namespace));
  }
};

/** What an operator writes into an overlay: the image, and settings. */
const edit = async (
  folder: string,
  { image, settings = {} }: InstallationOptions & { image: string },
): Promise<void> => {
  const [, name, tag] = /^(.+):([^:]+)$/.exec(image) ?? [];
  assert.ok(name && tag, image);
  for (const overlay of ["in-cluster", "remote", "zero"]) {
    const path = join(folder, overlay, "kustomization.yaml");
    const before = await readFile(path, "utf8");
    const endpoint = /KEPTN_API_ENDPOINT=(.*)/.exec(before)?.[1];
    const all = { KEPTN_API_ENDPOINT: endpoint, ...settings };
    const literals = Object.entries(all).map(([key, value]) => `      - ${key}=${value}\n`);
    const after = before
      .replace(/newName: .*/, `newName: ${name}`)
      .replace(/newTag: .*/, `newTag: ${tag}`)
      .replace(/^ {6}- KEPTN_API_ENDPOINT=.*\n(?: {6}- [A-Z_]+=.*\n)*/m, literals.join(""));
    await writeFile(path, after);
  }
};

const run = async (args: readonly string[]): Promise<string> => {
  const { stdout } = await promisify(execFile)("kubectl", args, { maxBuffer: 64 * 1024 * 1024 });
  return stdout;
};

const apply = (manifest: string, namespace: string): Promise<void> =>
  new Promise((resolve, reject) => {
    const child = execFile("kubectl", ["-n", namespace, "apply", "-f", "-"], (fault) =>
      fault ? reject(fault) : resolve(),
    );
    child.stdin?.end(manifest);
  });
