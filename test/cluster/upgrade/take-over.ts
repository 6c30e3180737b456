// Another version takes over open runs: its manifests are applied, and its functions move every run to its end.
import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { label } from "../../../functions/lib/core/annotations/annotations.ts";
import type { KeptnEvent } from "../../../functions/lib/core/event/keptn-event.ts";
import { stateOf } from "../../../functions/lib/core/run/run-state.ts";
import type { KeptnDouble } from "../../doubles/keptn/keptn-double.ts";
import { deliver, sendSweep, startAdapter } from "../harness/adapter.ts";
import { jobsOf, podsOf } from "../harness/pods.ts";
import { makeRandom } from "../harness/random.ts";
import type { Installation } from "./installation.ts";
import type { Version } from "./versions.ts";

interface World {
  readonly installation: Installation;
  readonly keptn: KeptnDouble;
}

interface Handover {
  readonly runs: readonly KeptnEvent[];
  /** Events for the new start-job; one that the old one has received counts as redelivered by the Broker. */
  readonly events: readonly KeptnEvent[];
  /** Called when the functions run. */
  onReady(): void;
}

export const takeOver = async (
  { installation, keptn }: World,
  version: Version,
  { runs, events, onReady }: Handover,
): Promise<void> => {
  const { api, name } = installation.namespace;
  const [startJob, finishTask] = await Promise.all([
    installation.start(version, "start-job"),
    installation.start(version, "finish-task"),
  ]);
  const unreliability = { random: makeRandom(1), lost: 0, doubled: 0, lateMs: 0 };
  const adapter = startAdapter(api, name, { sink: finishTask.url, unreliability });
  try {
    // As if all this took no time: Keptn is asked about events that are older than 15 s.
    const time = new Date().toISOString();
    const deliveries = Promise.all(events.map((event) => deliver(startJob.url, { ...event, time })));
    onReady();
    await sweepUntilOver(finishTask.url, { runs, isOver: (event) => isOver({ installation, keptn }, event) });
    assert.ok((await deliveries).every((status) => status === 204));
  } catch (fault) {
    throw new Error([...startJob.lines, ...finishTask.lines].join("\n"), { cause: fault });
  } finally {
    await adapter.stop();
    await Promise.all([startJob, finishTask].map((program) => program.stop()));
  }
};

const sweepUntilOver = async (
  sink: string,
  { runs, isOver }: { readonly runs: readonly KeptnEvent[]; isOver(event: KeptnEvent): Promise<boolean> },
): Promise<void> => {
  const deadline = Date.now() + 240_000;
  let open = runs;
  while (open.length > 0) {
    if (Date.now() > deadline) throw new Error(`still open after 240 s: ${open.map(({ type }) => type).join(", ")}`);
    await Promise.all([sendSweep(sink), sleep(3000)]);
    const over = await Promise.all(open.map(isOver));
    open = open.filter((_, index) => !over[index]);
  }
};

/** Nothing holds its Jobs, and Keptn does not wait for it. Keptn waits for the events of silent runs forever. */
const isOver = async ({ installation, keptn }: World, event: KeptnEvent): Promise<boolean> => {
  const jobs = await jobsOf(installation, event);
  const isFinalized = jobs.every((job) => stateOf(job) === "reported" && !job.metadata?.finalizers?.length);
  const { state, started } = keptn.counts(event.id) ?? {};
  return isFinalized && jobs.length > 0 && (state === "complete" || (event.type.includes("silent") && started === 0));
};

/** What became of a run: Keptn's view, what the events say, and each pod's task. */
export const outcomeOf = async ({ installation, keptn }: World, event: KeptnEvent) => {
  const sent = keptn.plane.received.filter(({ triggeredid }) => triggeredid === event.id);
  const finished = sent.filter(({ type }) => type.endsWith(".finished"));
  const { result } = keptn.counts(event.id) ?? {};
  const pods = await podsOf(installation, event);
  return {
    started: sent.filter(({ type }) => type.endsWith(".started")).length,
    finished: finished.length,
    result: result?.result,
    message: finished.map(({ data }) => String(data["message"])).join("\n"),
    tasks: pods.map(({ metadata }) => `${metadata?.labels?.[label.action]}/${metadata?.labels?.[label.task]}`).sort(),
  };
};
