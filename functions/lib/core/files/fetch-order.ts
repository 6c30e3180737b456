// The fetch order that a plan gives to fetch-files: files, event and limits.
import type { Envelope } from "../event/keptn-event.ts";
import { literal, literalOf } from "../job/literal.ts";
import { isText, tryJson } from "../json/exact-json.ts";
import type { EnvVar, Job } from "../kubernetes.ts";
import { errorProblem, type Problem } from "../problem.ts";
import type { Settings } from "../settings/settings.ts";

/** Where the files of a task appear in its container. */
export const filesFolder = "/keptn";
/** The volume mounted there. */
export const filesVolumeName = "keptn-files";
/** The init container that fills it. */
export const fetchContainerName = "fetch-files";
/** The variable of the init container that carries the order, as JSON. */
export const fetchOrderVariable = "FETCH_ORDER";

/**
 * A young generation of 1 MiB keeps fetch-files under 80 MiB; without it, it needs some 15 MiB more.
 * V8 reads this only at startup, so it is an environment variable.
 */
const nodeOptions = "--max-semi-space-size=1";

/** Environment of the init container, apart from the connection to Keptn. */
export const makeFetchEnv = (order: FetchOrder): EnvVar[] => [
  { name: fetchOrderVariable, value: literal(JSON.stringify(order)) },
  { name: "NODE_OPTIONS", value: nodeOptions },
];

/** @returns the order in a planned Job's init container; undefined when the task has no files */
export const fetchOrderOf = (job: Job): FetchOrder | undefined => {
  const container = job.spec?.template.spec?.initContainers?.find(({ name }) => name === fetchContainerName);
  const value = container?.env?.find(({ name }) => name === fetchOrderVariable)?.value;
  const parsed = parseFetchOrder(value && literalOf(value));
  return "order" in parsed ? parsed.order : undefined;
};

/** Everything fetch-files needs. The plan fixes it, so later changes to the job config have no effect. */
export interface FetchOrder {
  readonly project: string;
  readonly stage: string;
  readonly service: string;
  readonly gitcommitid?: string;
  /** The task's `files` as written in the config: files and folders. */
  readonly files: readonly string[];
  readonly limits: FetchLimits;
  /** Which files are executable: those that look like programs (`#!`, ELF), or all. */
  readonly executable: "detect" | "all";
  /** How long Keptn may be unavailable before the task fails. */
  readonly graceSeconds: number;
}

export interface FetchLimits {
  readonly fileBytes: number;
  /** Limit for all files together: the size of the volume. */
  readonly totalBytes: number;
  readonly count: number;
}

export const makeFetchOrder = (event: Envelope, files: readonly string[], settings: Settings): FetchOrder => {
  const totalBytes = bytesOf(settings.FILES_VOLUME_SIZE);
  return {
    project: event.project,
    stage: event.stage,
    service: event.service,
    ...(event.gitcommitid ? { gitcommitid: event.gitcommitid } : {}),
    files,
    limits: {
      fileBytes: settings.FILES_MAX_FILE_SIZE ? bytesOf(settings.FILES_MAX_FILE_SIZE) : totalBytes,
      totalBytes,
      count: settings.FILES_MAX_COUNT,
    },
    executable: settings.FILES_EXECUTABLE,
    graceSeconds: settings.FILES_GRACE_SECONDS,
  };
};

const unitBytes: Readonly<Record<string, number>> = {
  "": 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  Ki: 1024,
  Mi: 1024 ** 2,
  Gi: 1024 ** 3,
};

/** @param size a whole Kubernetes quantity of bytes that matches the setting's pattern: `20Mi`, `500k`, `1048576` */
export const bytesOf = (size: string): number => {
  const [, number = "0", unit = ""] = /^(\d+)([a-zA-Z]*)$/.exec(size) ?? [];
  return Number(number) * (unitBytes[unit] ?? 1);
};

export const parseFetchOrder = (
  text: string | undefined,
): { readonly order: FetchOrder } | { readonly problem: Problem } => {
  if (!text) return bad("is not set");
  const value = tryJson(text);
  if (typeof value !== "object" || value === null) return bad("is not a JSON object");
  const order = value as FetchOrder;
  const unnamed = (["project", "stage", "service"] as const).find((name) => !isText(order[name]));
  if (unnamed) return bad(`has no ${unnamed}`);
  if (!Array.isArray(order.files) || !order.files.every((file) => typeof file === "string")) return bad("has no files");
  const { fileBytes, totalBytes, count } = order.limits ?? {};
  if (![fileBytes, totalBytes, count, order.graceSeconds].every(Number.isSafeInteger)) return bad("has no limits");
  return { order };
};

const bad = (what: string): { problem: Problem } => ({
  problem: errorProblem(
    "bad-fetch-order",
    `The variable ${fetchOrderVariable} ${what}.`,
    "start-job sets it; run fetch-files only in the init container that start-job plans.",
  ),
});
