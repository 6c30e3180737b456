// Reads a mounted ConfigMap, whose keys are files in a folder.
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { explained } from "./disk-fault.ts";

/** @throws IoError if the folder or a file in it cannot be read */
export const readMountedMap = (folder: string): Promise<Readonly<Record<string, string>>> =>
  explained({ doing: "read", folder }, async () => {
    // The kubelet stores the files in a folder `..2026_01_02_…`, linked by `..data`, with a link for each key.
    const keys = (await readdir(folder)).filter((name) => !name.startsWith("..")).sort();
    const read = async (key: string) => [key, await readFile(join(folder, key), "utf8")] as const;
    return Object.fromEntries(await Promise.all(keys.map(read)));
  });
