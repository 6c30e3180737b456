// Folders and files for a local pod's volumes, logs and termination messages.
import { chmod, open, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { filesFolder, filesVolumeName } from "../../lib/core/files/fetch-order.ts";
import type { Container, Pod } from "../../lib/core/kubernetes.ts";
import type { Given } from "./container-env.ts";
import { type LogFile, openLogFile } from "./log-file.ts";
import { makeOpenFolder, makePodVolumes } from "./pod-volumes.ts";

export interface PodFolder {
  /** The pod's /keptn. */
  readonly files: string;
  /** See PodVolumes. */
  readonly missing: string | undefined;
  /** Maps /keptn and other mounts in the container to folders on this machine; shortest path first. */
  mountsOf(container: Container): Record<string, string>;
  openLog(container: string): LogFile;
  /** The file for a container's termination message. */
  makeResultFile(container: string): Promise<{ readonly path: string; read(): Promise<string> }>;
}

/** The kubelet reads only the last 4 KiB of a termination message (pkg/kubelet/container). */
const mostResultBytes = 4096;

export const makePodFolder = async (parent: string, pod: Pod, given: Given): Promise<PodFolder> => {
  const folder = join(parent, pod.metadata?.name ?? "");
  const { folders, missing } = await makePodVolumes(parent, pod, given);
  const files = folders.get(filesVolumeName) ?? (await makeOpenFolder(join(folder, "files")));
  return {
    files,
    missing,
    mountsOf: ({ volumeMounts = [] }) => {
      const mounted = volumeMounts.flatMap(({ name, mountPath, subPath }) => {
        const outside = folders.get(name);
        return outside !== undefined && !subPath ? [[mountPath, outside] as const] : [];
      });
      const all = [[filesFolder, files] as const, ...mounted];
      return Object.fromEntries(all.toSorted(([a], [b]) => a.length - b.length));
    },
    openLog: (container) => openLogFile(join(folder, `${container}.log`)),
    makeResultFile: async (container) => {
      const path = join(folder, `${container}.result`);
      await writeFile(path, "");
      await chmod(path, 0o666);
      return { path, read: () => readEnd(path) };
    },
  };
};

const readEnd = async (path: string): Promise<string> => {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    const length = Math.min(size, mostResultBytes);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, size - length);
    return buffer.subarray(0, bytesRead).toString();
  } finally {
    await file.close();
  }
};
