// Fetches the files of the order and reports the result: in its output, and in one message for Keptn's user.
import { type FetchOrder, parseFetchOrder } from "../lib/core/files/fetch-order.ts";
import { renderBytes } from "../lib/core/files/file-choice.ts";
import { type Problem, renderProblem } from "../lib/core/problem.ts";
import { deliverFiles, type FileSink } from "../lib/files/deliver-files.ts";
import { IoError } from "../lib/io-error.ts";
import type { KeptnFiles } from "../lib/keptn/files.ts";

export interface FetchPorts {
  /** @throws IoError */
  readonly connect: (order: FetchOrder) => KeptnFiles | Promise<KeptnFiles>;
  /** @throws IoError */
  readonly openTarget: (order: FetchOrder) => Promise<FileSink & { close(): Promise<void> }>;
  readonly log: (line: string) => void;
  readonly firstPauseMs?: number;
}

export interface FetchResult {
  readonly exitCode: (typeof exitCodes)[keyof typeof exitCodes];
  /** Why the task cannot start. */
  readonly message?: string;
}

export const exitCodes = { fetched: 0, refused: 1, badOrder: 2, fault: 3, bug: 70 } as const;

export const fetchFiles = async (orderText: string | undefined, ports: FetchPorts): Promise<FetchResult> => {
  const parsed = parseFetchOrder(orderText);
  if ("problem" in parsed) return { exitCode: exitCodes.badOrder, message: renderProblem(parsed.problem) };
  try {
    return await fetchInto(parsed.order, ports);
  } catch (error) {
    if (!(error instanceof IoError)) throw error;
    return { exitCode: exitCodes.fault, message: error.message };
  }
};

const fetchInto = async (order: FetchOrder, ports: FetchPorts): Promise<FetchResult> => {
  const keptn = await ports.connect(order);
  const sink = await ports.openTarget(order);
  try {
    const delivery = await deliverFiles(order, { ...ports, keptn, sink });
    if (delivery.kind === "refused") return { exitCode: exitCodes.refused, message: explain(delivery.problems) };
    const { count, bytes } = delivery;
    ports.log(`${count} ${count === 1 ? "file" : "files"}, ${renderBytes(bytes)} in total`);
    return { exitCode: exitCodes.fetched };
  } finally {
    await sink.close();
  }
};

const explain = (problems: readonly Problem[]): string =>
  problems.map((problem) => [problem.message, problem.fix].filter(Boolean).join(" ")).join("\n");
