// Copies a task's files from Keptn to the sink: each entry from the first level that has it, each file once.
import pLimit, { type LimitFunction } from "p-limit";
import type { FetchOrder } from "../core/files/fetch-order.ts";
import {
  type Level,
  levels,
  matchEntry,
  missingProblem,
  renderBytes,
  tooManyProblem,
} from "../core/files/file-choice.ts";
import {
  checkFileEntries,
  checkFileName,
  type FileEntry,
  parseFileEntry,
  renderName,
} from "../core/files/file-names.ts";
import type { Problem } from "../core/problem.ts";
import { IoError } from "../io-error.ts";
import type { KeptnFiles } from "../keptn/files.ts";
import { type Amount, type Meter, makeMeter } from "./file-meter.ts";
import { retryFor } from "./retry-for.ts";

export interface FilesPorts {
  readonly keptn: KeptnFiles;
  readonly sink: FileSink;
  /** Writes one line of progress. */
  readonly log: (line: string) => void;
  /** Pause before the second attempt while Keptn is unreachable. Tests shorten it. */
  readonly firstPauseMs?: number;
}

export interface FileSink {
  /** Bytes of a file that an earlier attempt completed. @throws IoError */
  sizeOf(path: string): Promise<number | undefined>;
  /** Writes the whole file, or nothing when `chunks` throws. @returns its bytes @throws IoError, and the errors of `chunks` */
  write(path: string, chunks: AsyncIterable<Uint8Array>): Promise<number>;
}

export type Delivery =
  | ({ readonly kind: "delivered" } & Amount)
  | { readonly kind: "refused"; readonly problems: readonly Problem[] };

/** Keptn locks the project for each request (resource_manager.go), so more would only wait there. */
const parallelCalls = 4;

/** State of one delivery. */
interface Work {
  readonly order: FetchOrder;
  readonly ports: FilesPorts;
  readonly limited: LimitFunction;
  readonly meter: Meter;
  readonly lists: Map<Level, Promise<readonly string[]>>;
  readonly files: Map<string, Promise<boolean>>;
  readonly problems: Problem[];
  /** Notes problems of the config. The caller must throw the returned error to end the work. */
  readonly refuse: (...problems: readonly Problem[]) => Error;
  /** The first failure: nothing new starts after it. */
  failure?: unknown;
}

/**
 * @returns refused when a requested file is missing, unsafe or too large
 * @throws IoError when Keptn was unreachable for longer than the order's grace, or refuses; when the disk is full
 */
export const deliverFiles = async (order: FetchOrder, ports: FilesPorts): Promise<Delivery> => {
  const unsafe = checkFileEntries(order.files);
  if (unsafe.length > 0) return { kind: "refused", problems: unsafe };
  const work = beginWork(order, ports);
  const missing = await forEach(work, order.files, (text) => deliverEntry(work, parseFileEntry(text)));
  if (work.problems.length > 0) return { kind: "refused", problems: work.problems };
  if (work.failure) throw work.failure;
  const problems = missing.filter((problem) => problem !== undefined);
  if (problems.length > 0) return { kind: "refused", problems };
  return { kind: "delivered", ...work.meter.total() };
};

const beginWork = (order: FetchOrder, ports: FilesPorts): Work => {
  const problems: Problem[] = [];
  const refuse = (...found: readonly Problem[]): Error => {
    problems.push(...found);
    return new IoError(found.map((problem) => problem.message).join(" "), { retryable: false });
  };
  const meter = makeMeter(order.limits, refuse);
  return { order, ports, limited: pLimit(parallelCalls), meter, lists: new Map(), files: new Map(), problems, refuse };
};

/** Waits for all items, even after a failure: nothing is written after the caller continues. */
const forEach = <T, R>(work: Work, items: readonly T[], act: (item: T) => Promise<R>): Promise<(R | undefined)[]> => {
  const guarded = async (item: T): Promise<R | undefined> => {
    try {
      return await act(item);
    } catch (error) {
      work.failure ??= error;
      return undefined;
    }
  };
  return Promise.all(items.map(guarded));
};

const deliverEntry = async (work: Work, entry: FileEntry): Promise<Problem | undefined> => {
  for (const level of levels) {
    if (await deliverAt(work, entry, level)) return undefined;
  }
  return missingProblem(entry, work.order);
};

/** @returns whether this level has the file, or a file of the folder, at the event's commit */
const deliverAt = async (work: Work, entry: FileEntry, level: Level): Promise<boolean> => {
  const match = matchEntry(entry, await listOnce(work, level));
  if (match.kind === "folder") return deliverFolder(work, level, match.paths);
  return entry.folderOnly ? false : deliverOnce(work, level, entry.path);
};

const deliverFolder = async (work: Work, level: Level, paths: readonly string[]): Promise<boolean> => {
  const unsafe = paths.flatMap((path) => checkFileName(path) ?? []);
  if (unsafe.length > 0) throw work.refuse(...unsafe);
  if (paths.length > work.order.limits.count) throw work.refuse(tooManyProblem(paths.length, work.order.limits));
  const found = await forEach(work, paths, (path) => deliverOnce(work, level, path));
  return found.includes(true);
};

const listOnce = (work: Work, level: Level): Promise<readonly string[]> =>
  once(work.lists, level, () => attempt(work, () => work.ports.keptn.listFiles(level)));

const deliverOnce = (work: Work, level: Level, path: string): Promise<boolean> =>
  once(work.files, `${level} ${path}`, () => attempt(work, () => deliverFile(work, level, path)));

const once = <K, V>(memory: Map<K, Promise<V>>, key: K, make: () => Promise<V>): Promise<V> => {
  const known = memory.get(key) ?? make();
  memory.set(key, known);
  return known;
};

const attempt = <T>(work: Work, act: () => Promise<T>): Promise<T> => {
  const { order, ports, limited } = work;
  const grace = { seconds: order.graceSeconds, firstPauseMs: ports.firstPauseMs ?? 500, log: ports.log };
  const unlessFailed = async (): Promise<T> => {
    if (work.failure) throw work.failure;
    return act();
  };
  return limited(() => retryFor(unlessFailed, grace));
};

/** @returns false when the level does not have the file at the event's commit */
const deliverFile = async ({ ports, meter }: Work, level: Level, path: string): Promise<boolean> => {
  const { keptn, sink, log } = ports;
  const kept = await sink.sizeOf(path);
  if (kept !== undefined) {
    meter.add(path, kept);
    log(`${renderName(path)}: ${renderBytes(kept)}, already there`);
    return true;
  }
  const chunks = await keptn.openFile(level, path);
  if (!chunks) return false;
  const bytes = await sink.write(path, meter.measure(path, chunks));
  log(`${renderName(path)}: ${renderBytes(bytes)}, from the ${level}`);
  return true;
};
