// The folders and files of this machine that a local pod has as its volumes, logs and termination messages.
import { chmod, mkdir, open, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { filesFolder, filesVolumeName } from "../../core/files.ts";
import type { Container, Pod } from "../../core/kubernetes.ts";
import { type LogFile, openLogFile } from "./log-file.ts";

export interface PodFolder {
  /** What the pod has as /keptn. */
  readonly files: string;
  /** Path in the container to folder of this machine: /keptn, and whatever else is an emptyDir. */
  mountsOf(container: Container): Record<string, string>;
  openLog(container: string): LogFile;
  /** What a container writes there is its termination message. */
  makeResultFile(container: string): Promise<{ readonly path: string; read(): Promise<string> }>;
}

/** The kubelet reads no more of a termination message, and of a longer one the end (pkg/kubelet/container, 4 KiB). */
const mostResultBytes = 4096;

export const makePodFolder = async (parent: string, pod: Pod): Promise<PodFolder> => {
  const folder = join(parent, pod.metadata?.name ?? "");
  const volumes = ["files", ...(pod.spec?.volumes ?? []).flatMap(({ name, emptyDir }) => (emptyDir ? [name] : []))];
  for (const name of volumes) await makeOpenFolder(join(folder, "volumes", name));
  const files = join(folder, "volumes", volumes.includes(filesVolumeName) ? filesVolumeName : "files");
  return {
    files,
    mountsOf: ({ volumeMounts = [] }) => ({
      [filesFolder]: files,
      ...Object.fromEntries(
        volumeMounts.flatMap(({ name, mountPath, subPath }) =>
          volumes.includes(name) && !subPath ? [[mountPath, join(folder, "volumes", name)]] : [],
        ),
      ),
    }),
    openLog: (container) => openLogFile(join(folder, `${container}.log`)),
    makeResultFile: async (container) => {
      const path = join(folder, `${container}.result`);
      await writeFile(path, "");
      await chmod(path, 0o666);
      return { path, read: () => readEnd(path) };
    },
  };
};

/** For any user that the image chooses, as an emptyDir is. */
const makeOpenFolder = async (path: string): Promise<void> => {
  await mkdir(path, { recursive: true });
  await chmod(path, 0o777);
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
