// job-executor check: checks an installation, and suggests a fix for each problem.
import { randomUUID } from "node:crypto";
import { triggersOf } from "../../lib/core/check/check-events.ts";
import type { DryEvent, Facts } from "../../lib/core/check/facts.ts";
import { nameWith } from "../../lib/core/check/names.ts";
import { runChecks } from "../../lib/core/check/run-checks.ts";
import type { ClusterReader } from "../../lib/kubernetes/cluster-reader.ts";
import { type ExitCode, exitCode } from "../exit-codes.ts";
import { installationNamespace } from "../runs/cluster.ts";
import type { Terminal } from "../terminal.ts";
import { type KnownFacts, readFacts } from "./read-facts.ts";
import { renderCount, renderFindings } from "./render.ts";
import { type DryRun, sendDryEvent, targetOf } from "./send-dry-event.ts";

export interface CheckOptions {
  readonly namespace?: string;
  readonly format: "text" | "json";
  readonly dryEvent: boolean;
}

export interface CheckGiven {
  readonly options: CheckOptions;
  readonly cluster: {
    readonly reader: ClusterReader;
    /** Namespace of the kubeconfig's context. */
    readonly namespace: string;
  };
  /** Between two reads of start-job's log. */
  readonly sleep: (ms: number) => Promise<void>;
}

/** @throws IoError if the cluster cannot be reached, or does not accept our credentials */
export const check = async ({ options, cluster, sleep }: CheckGiven, terminal: Terminal): Promise<ExitCode> => {
  const { reader } = cluster;
  const namespace = options.namespace ?? installationNamespace(cluster.namespace);
  const known = await readFacts(reader, namespace, terminal.now);
  const dryEvent = options.dryEvent ? await tryDryEvent(known, { reader, sleep }, terminal) : undefined;
  const facts: Facts = { ...known, ...(dryEvent ? { dryEvent } : {}) };
  const findings = runChecks(facts);
  const { address } = facts.server;
  if (options.format === "json") terminal.print(JSON.stringify({ server: address, namespace, findings }, undefined, 2));
  else {
    terminal.print(renderFindings(findings, terminal.paint, terminal.screens.stdout?.columns()));
    terminal.say(renderCount(findings, namespace));
  }
  return findings.some(({ severity }) => severity === "error") ? exitCode.failed : exitCode.ok;
};

const tryDryEvent = async (
  known: KnownFacts,
  ports: Pick<DryRun, "reader" | "sleep">,
  terminal: Terminal,
): Promise<DryEvent> => {
  const target = targetOf(known);
  if ("kind" in target) return target;
  const { namespace, triggers, affixes } = known;
  const id = randomUUID();
  terminal.say(`Sending dry event ${id}, and waiting up to a minute for start-job to log it.`);
  return sendDryEvent({
    ...{ ...ports, ...target, namespace, id, now: terminal.now },
    service: nameWith(affixes, "start-job"),
    triggers: triggers.kind === "there" ? triggersOf("start-job", triggers.object, affixes) : [],
  });
};
