// The spec of the ApiServerSource as a pod of start-job has it: the ConfigMap of the manifests, a file for each key.
import { mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseAllDocuments } from "yaml";

interface ConfigMap {
  readonly kind: string;
  readonly data: Readonly<Record<string, string>>;
}

/** @returns the folder */
export const writeWatchSpec = async (): Promise<string> => {
  const text = await readFile(new URL("../../manifests/base/job-changes.yaml", import.meta.url), "utf8");
  const objects = parseAllDocuments(text).map((document) => document.toJS() as ConfigMap);
  const { data = {} } = objects.find(({ kind }) => kind === "ConfigMap") ?? {};
  const folder = await mkdtemp(join(tmpdir(), "job-changes-"));
  await Promise.all(Object.entries(data).map(([key, value]) => writeFile(join(folder, key), value)));
  return folder;
};
