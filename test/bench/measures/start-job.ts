// start-job warm: from the event to the released Job, against the calls alone that this takes.
import { join } from "node:path";
import { runIdOf } from "../../../functions/lib/core/annotations/annotations.ts";
import type { KeptnEvent } from "../../../functions/lib/core/event/keptn-event.ts";
import { startFunction } from "../../cluster/harness/function-process.ts";
import { noCluster } from "../../cluster/namespace.ts";
import { startBareCalls } from "../harness/bare-process.ts";
import { openCluster } from "../harness/cluster.ts";
import { isReleased, openDoubles } from "../harness/doubles.ts";
import { type Place, trigger } from "../harness/place.ts";
import { deliver, makePost, type Post } from "../harness/post.ts";
import { countKinds, rehearse } from "../harness/rehearsal.ts";
import { type Script, scriptFor, scriptOf } from "../harness/script.ts";
import type { Bench, Measure, Row } from "../measure.ts";
import { interleave, type Rounds } from "../rounds.ts";
import { countRows, timesRow } from "../row.ts";

export const startJobWarm: Measure = {
  about: "start-job when it is up: from the event to the released Job, against the same calls made bare",
  run: async (bench) => {
    const doubles = await openDoubles(bench.dist);
    const released = (event: KeptnEvent) => doubles.jobOf(event, isReleased);
    const rows = await measure(bench, doubles, { released, rounds: { unmeasured: 600, measured: 300 } });
    await doubles.close();
    if (noCluster) return rows;
    const cluster = await openCluster();
    try {
      return [...rows, ...(await measure(bench, cluster, { rounds: { unmeasured: 100, measured: 100 } }))];
    } finally {
      await cluster.close();
    }
  },
};

interface How {
  readonly rounds: Rounds;
  /** Resolves when the Job of an event is released; the answer stands for it where nobody tells. */
  readonly released?: (event: KeptnEvent) => Promise<unknown>;
}

const measure = async (bench: Bench, place: Place, { rounds, released }: How): Promise<Row[]> => {
  bench.say(`start-job warm, ${place.name}`);
  const first = trigger(place);
  const recorded = await rehearse(bench, place, {
    ...{ name: "start-job", before: trigger(place).request, event: first.request },
  });
  const script = scriptOf(recorded);
  const ours = await startFunction("start-job", place.env, bench.dist);
  const bare = await startBareCalls(join(bench.programs, "bare-calls.cjs"), "start-job", place.env);
  const post = makePost(ours.url);
  const time = async (to: Post, prepare: (script: Script) => Promise<void>): Promise<number> => {
    const { event, request } = trigger(place);
    await prepare(scriptFor(script, differences(first.event, event)));
    const begun = performance.now();
    const answered = deliver(to, request);
    await (released ? released(event) : answered);
    const ms = performance.now() - begun;
    await answered;
    return ms;
  };
  const measured = await interleave(
    { ours: () => time(post, async () => {}), bare: () => time(bare.post, bare.prepare) },
    rounds,
  );
  await Promise.all([ours.stop(), bare.stop()]);
  const what = released ? "event to Job released" : "event to answer";
  const row = { name: `${what}, ${place.name}`, unit: "ms", values: measured.ours, bound: { most: 1.3 } } as const;
  return [
    timesRow({ ...row, column: `start-job, ${place.name}` }, { name: "the calls alone", values: measured.bare }),
    ...countRows(countKinds(recorded)),
  ];
};

/** What another event changes in the calls for a first one; uids are the bare program's own to find out. */
const differences = (first: KeptnEvent, other: KeptnEvent) =>
  [
    [runIdOf(first.id, 0), runIdOf(other.id, 0)],
    [first.id, other.id],
    [first.shkeptncontext, other.shkeptncontext],
  ] as const;
