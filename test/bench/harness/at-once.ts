// Many runs at once, from their events at start-job to the last `.finished`, with all that Knative does in between.
import { Agent } from "node:http";
import { functionNames } from "../../cluster/harness/deployed-env.ts";
import { type FunctionProcess, startFunction } from "../../cluster/harness/function-process.ts";
import { requestOfSweep } from "../../doubles/requests.ts";
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
  /** From the first event sent to the last Job released. */
  readonly releasedSeconds: number;
  /** From the first event sent to the last `.finished` heard. */
  readonly seconds: number;
  /** The most resident memory in MiB, with what comes after the report. */
  readonly startJobMiB: number;
  readonly finishTaskMiB: number;
}

/**
 * @param given.env of functions that are only started for this
 * @param given.sweepMs between sweeps; usually a minute, as the timer does
 */
export const runAtOnce = async (
  bench: Bench,
  { place, watch }: Site,
  given: { readonly runs: number; readonly env?: Place["env"]; readonly sweepMs?: number },
): Promise<AtOnce> => {
  const { runs, env = place.env, sweepMs = 60_000 } = given;
  const [startJob, finishTask] = await Promise.all(functionNames.map((name) => startFunction(name, env, bench.dist)));
  if (!startJob || !finishTask) throw new Error("no functions");
  try {
    const forwarding = forward(watch, finishTask.url);
    const sweeping = sweepNowAndThen(finishTask.url, sweepMs);
    const released = new Set<string>();
    let releasedAtMs = 0;
    const stopWatching = watch(({ job }) => {
      if (released.size < runs && released.add(job.metadata?.uid ?? "").size === runs) releasedAtMs = performance.now();
    });
    const begunMs = performance.now();
    const seconds = await timeRuns(place, startJob, runs).finally(() => clearInterval(sweeping));
    const releasedSeconds = (releasedAtMs - begunMs) / 1000;
    stopWatching();
    await forwarding.end();
    const peakOf = (program: FunctionProcess) => memoryOf(program.pid()).peak;
    return { seconds, releasedSeconds, startJobMiB: peakOf(startJob), finishTaskMiB: peakOf(finishTask) };
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

/** What got lost on a busy machine is found. */
const sweepNowAndThen = (url: string, everyMs: number): NodeJS.Timeout => {
  const post = makePost(url);
  return setInterval(() => void post(requestOfSweep()).catch(() => {}), everyMs).unref();
};
