// job-executor runs: lists a cluster's open and recent runs, and explains why a run is stuck.
import type { RunView } from "../../lib/core/view/run-view.ts";
import { type ExitCode, exitCode } from "../exit-codes.ts";
import { usageError } from "../fault.ts";
import { defaultSettings } from "../settings.ts";
import type { Terminal } from "../terminal.ts";
import type { Cluster } from "./cluster.ts";
import { type ClusterRuns, type RunsPorts, readClusterView, type Wanted } from "./read-runs.ts";
import { renderDetail } from "./render-detail.ts";
import { renderGantt } from "./render-gantt.ts";
import { renderTable } from "./render-table.ts";
import { type Sleep, watch } from "./watch.ts";
import { makeWatchView } from "./watch-view.ts";
import { whereWhy, wholeSecond } from "./words.ts";

export interface RunsOptions {
  readonly namespace?: string;
  readonly allNamespaces?: boolean;
  readonly recent: number;
  readonly output: "table" | "json" | "mermaid";
  readonly watch?: boolean;
}

export interface RunsGiven {
  /** See findRuns; undefined: all. */
  readonly wanted: string | undefined;
  readonly options: RunsOptions;
  readonly cluster: Cluster;
  /** Between two polls of a watch. */
  readonly sleep: Sleep;
}

/** @throws IoError, or a usage error */
export const runs = async ({ wanted, options, cluster, sleep }: RunsGiven, terminal: Terminal): Promise<ExitCode> => {
  if (options.watch && options.output !== "table") throw usageError("--watch works only with --output table.");
  // The cluster's settings may differ; they only affect when a run counts as stuck.
  const ports: RunsPorts = { runs: cluster.runs, settings: defaultSettings(), now: terminal.now };
  const where: Wanted = {
    namespace: options.allNamespaces ? "*" : (options.namespace ?? cluster.namespace),
    recent: options.recent,
    ...(wanted === undefined ? {} : { run: wanted }),
  };
  const first = await readClusterView(ports, where);
  if (wanted !== undefined && first.view(0).length === 0) throw notFound(wanted, where);
  if (!options.watch) return print(first, { options, where }, terminal);
  const shown = { detail: wanted !== undefined, namespaces: options.allNamespaces ?? false, none: noRuns(where) };
  for (const note of first.notes) terminal.say(`note: ${note}`);
  return watch({ ports, wanted: where, first, sleep, view: makeWatchView(terminal, shown) }, terminal);
};

const print = (
  seen: ClusterRuns,
  { options, where }: { readonly options: RunsOptions; readonly where: Wanted },
  terminal: Terminal,
): ExitCode => {
  const nowMs = wholeSecond(terminal.now());
  const views = seen.view(nowMs);
  if (options.output === "json") terminal.print(JSON.stringify({ runs: views }, undefined, 2));
  if (options.output === "mermaid") terminal.print(renderGantt(views, nowMs));
  if (options.output === "table" && views.length === 0) terminal.say(noRuns(where));
  if (options.output === "table" && views.length > 0) terminal.print(renderText(views, { where, nowMs }, terminal));
  if (seen.more > 0) terminal.say(`${seen.more} more reported runs: --recent ${options.recent + seen.more}`);
  for (const note of seen.notes) terminal.say(`note: ${note}`);
  return exitCode.ok;
};

const renderText = (
  views: readonly RunView[],
  { where, nowMs }: { readonly where: Wanted; readonly nowMs: number },
  { paint: style, screens }: Terminal,
): string => {
  const columns = screens.stdout?.columns();
  if (where.run === undefined) return renderTable(views, { columns, style, namespaces: where.namespace === "*" });
  const canvas = { columns: columns ?? usualColumns, nowMs, style };
  return views.map((view) => renderDetail(view, canvas)).join("\n\n");
};

/** Width of a timeline without a terminal. */
const usualColumns = 100;

const nameOf = (namespace: string): string => (namespace === "*" ? "any namespace" : `namespace ${namespace}`);

const noRuns = ({ namespace }: Wanted): string => `There are no runs in ${nameOf(namespace)}.${elsewhere(namespace)}`;

const elsewhere = (namespace: string): string =>
  namespace === "*" ? "" : " To list others, use --namespace or --all-namespaces.";

const notFound = (wanted: string, { namespace }: Wanted): Error =>
  usageError(
    `There is no run, event or context ${wanted} in ${nameOf(namespace)}. The Jobs of a reported run are deleted after ttlSecondsAfterFinished; Jobs that never finished are deleted at once. ${whereWhy}${elsewhere(namespace)}`,
  );
