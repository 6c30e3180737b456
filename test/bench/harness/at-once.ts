// Many runs at once, from their events at start-job to the last `.finished`, with all that Knative does in between.
import { Agent } from "node:http";
import { type FunctionProcess, startFunction } from "../../cluster/harness/function-process.ts";
import type { Bench } from "../measure.ts";
import { type Place, trigger } from "./place.ts";
import { deliverAtLast, makePost } from "./post.ts";
import { memoryOf } from "./process.ts";
import { forward, type Watch } from "./source.ts";

/** A place with what tells of its Jobs. */
export interface Site {
  readonly place: Place;
  readonly watch: Watch;
}

export interface AtOnce {
  /** From the first event sent to the last `.finished` heard. */
  readonly seconds: number;
  /** The most resident memory in MiB, with what comes after the report. */
  readonly startJobMiB: number;
  readonly finishTaskMiB: number;
}

export const names = ["start-job", "finish-task"] as const;

/** @param env of functions that are only started for this */
export const runAtOnce = async (
  bench: Bench,
  { place, watch }: Site,
  { runs, env = place.env }: { readonly runs: number; readonly env?: Place["env"] },
): Promise<AtOnce> => {
  const [startJob, finishTask] = await Promise.all(names.map((name) => startFunction(name, env, bench.dist)));
  if (!startJob || !finishTask) throw new Error("no functions");
  try {
    const forwarding = forward(watch, finishTask.url);
    const seconds = await timeRuns(place, startJob, runs);
    await forwarding.end();
    const peakOf = (program: FunctionProcess) => memoryOf(program.pid()).peak;
    return { seconds, startJobMiB: peakOf(startJob), finishTaskMiB: peakOf(finishTask) };
  } finally {
    await Promise.all([startJob.stop(), finishTask.stop()]);
  }
};

const timeRuns = async (place: Place, startJob: FunctionProcess, runs: number): Promise<number> => {
  const post = makePost(startJob.url, new Agent({ keepAlive: true }));
  const triggered = Array.from({ length: runs }, () => trigger(place));
  const finished = triggered.map(({ event }) => place.finishedOf(event.id));
  const begun = performance.now();
  const taken = triggered.map(({ request }) => deliverAtLast(post, request));
  await Promise.all([...taken, ...finished]);
  return (performance.now() - begun) / 1000;
};
