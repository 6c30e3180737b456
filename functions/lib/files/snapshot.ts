// Puts the files of a run's tasks into ConfigMaps (FILES_MODE=snapshot): read before the Jobs are created, stored afterwards.
import { type FetchOrder, fetchOrderOf } from "../core/files/fetch-order.ts";
import { isExecutable } from "../core/files/file-mode.ts";
import {
  makeSnapshot,
  type SnapshotFile,
  snapshotLimitBytes,
  snapshotLimitCount,
  snapshotLimits,
  wantsSnapshot,
  whyNotMountable,
  withSnapshot,
} from "../core/files/snapshot.ts";
import type { Job } from "../core/kubernetes.ts";
import type { Problem } from "../core/problem.ts";
import { readAll } from "../http/http.ts";
import type { KeptnFiles } from "../keptn/files.ts";
import type { Snapshots } from "../kubernetes/ports.ts";
import { deliverFiles, type FileSink } from "./deliver-files.ts";

export interface SnapshotPorts {
  readonly connectFiles: (order: FetchOrder) => KeptnFiles;
  /** Progress, e.g. that a task keeps its init container. */
  readonly log: (line: string) => void;
}

export type Taken =
  | { readonly kind: "taken"; readonly jobs: readonly Job[]; readonly files: SnapshotFiles }
  | { readonly kind: "refused"; readonly problems: readonly Problem[] };

/** Keyed by `namespace/name` of the Job. */
export type SnapshotFiles = ReadonlyMap<string, readonly SnapshotFile[]>;

/**
 * Reads the files that the init containers of these planned Jobs would fetch.
 * @returns the Jobs to create: a task whose files do not fit in a ConfigMap keeps its init container
 * @throws IoError when Keptn cannot be read
 */
export const takeSnapshots = async (jobs: readonly Job[], ports: SnapshotPorts): Promise<Taken> => {
  const read = await Promise.all(jobs.map((job) => takeSnapshot(job, ports)));
  const problems = read.flatMap((one) => one.problems ?? []);
  if (problems.length > 0) return { kind: "refused", problems };
  const files = new Map(read.flatMap(({ job, files }) => (files ? [[nameOf(job), files] as const] : [])));
  return { kind: "taken", jobs: read.map(({ job }) => job), files };
};

/**
 * Creates the ConfigMaps of these Jobs, each owned by its Job, before any of them is released.
 * @param jobs as the API server returned them, including those of an earlier delivery
 * @throws IoError
 */
export const keepSnapshots = async (
  jobs: readonly Job[],
  files: SnapshotFiles,
  snapshots: Pick<Snapshots, "create">,
): Promise<void> => {
  const wanted = jobs.filter(wantsSnapshot).flatMap((job) => {
    const found = files.get(nameOf(job));
    return found ? [makeSnapshot(job, found)] : [];
  });
  await Promise.all(wanted.map((snapshot) => snapshots.create(snapshot)));
};

const nameOf = (job: Job): string => `${job.metadata?.namespace}/${job.metadata?.name}`;

const takeSnapshot = async (job: Job, { connectFiles, log }: SnapshotPorts) => {
  const order = fetchOrderOf(job);
  if (!order) return { job };
  const sink = makeSink(order);
  const limited = { ...order, limits: limitsOf(order), graceSeconds: 0 }; // the Broker retries
  const delivery = await deliverFiles(limited, { keptn: connectFiles(order), sink, log: () => undefined });
  const tooMuch = delivery.kind === "refused" && delivery.problems.every(({ code }) => limitCodes.has(code));
  if (delivery.kind === "refused" && !tooMuch) return { job, problems: delivery.problems };
  const why = tooMuch ? snapshotLimits : whyNotMountable(sink.files);
  const files = sink.files.sort((a, b) => (a.path < b.path ? -1 : 1)); // they arrive in the order of Keptn's answers
  if (!why) return { job: withSnapshot(job, files), files };
  log(`Job ${nameOf(job)} fetches its files in an init container: ${why}.`);
  return { job };
};

/** Above these limits the task's own limits may still allow the files: its init container decides. */
const limitCodes = new Set(["file-too-large", "files-too-large", "too-many-files"]);

const limitsOf = ({ limits }: FetchOrder) => ({
  fileBytes: Math.min(limits.fileBytes, snapshotLimitBytes),
  totalBytes: Math.min(limits.totalBytes, snapshotLimitBytes),
  count: Math.min(limits.count, snapshotLimitCount),
});

const makeSink = ({ executable }: FetchOrder): FileSink & { readonly files: SnapshotFile[] } => {
  const files: SnapshotFile[] = [];
  return {
    files,
    sizeOf: async () => undefined,
    write: async (path, chunks) => {
      const bytes = await readAll(chunks);
      const base64 = bytes.toString("base64");
      files.push({ path, base64, bytes: bytes.length, executable: isExecutable(bytes, executable) });
      return bytes.length;
    },
  };
};
