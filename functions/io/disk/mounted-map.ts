// A ConfigMap that is mounted: its keys are the files of a folder.
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { explained } from "./disk-fault.ts";

/** @throws IoError when the folder or a file in it cannot be read */
export const readMountedMap = (folder: string): Promise<Readonly<Record<string, string>>> =>
  explained({ doing: "read", folder }, async () => {
    // The kubelet keeps the files in a folder `..2026_01_02_…` that `..data` points to, and a link for each key.
    const keys = (await readdir(folder)).filter((name) => !name.startsWith("..")).sort();
    const read = async (key: string) => [key, await readFile(join(folder, key), "utf8")] as const;
    return Object.fromEntries(await Promise.all(keys.map(read)));
  });
