// finish-task warm: from the Job's change to `.finished`, against the calls alone that this takes.
import { join } from "node:path";
import { annotation, runIdOf } from "../../../functions/lib/core/annotations/annotations.ts";
import { startFunction } from "../../cluster/harness/function-process.ts";
import { startBareCalls } from "../harness/bare-process.ts";
import { type Doubles, type EndedRun, openDoubles } from "../harness/doubles.ts";
import { deliver, makePost, type Post } from "../harness/post.ts";
import { countKinds, rehearse } from "../harness/rehearsal.ts";
import { scriptFor, scriptOf } from "../harness/script.ts";
import type { Bench, Measure, Row } from "../measure.ts";
import { interleave } from "../rounds.ts";
import { countRows, timesRow } from "../row.ts";
import { ignoredChanges } from "./ignored-changes.ts";

export const finishTaskWarm: Measure = {
  about: "finish-task when it is up: from the change of a Job to .finished, against the same calls made bare",
  run: async (bench) => {
    const doubles = await openDoubles(bench.dist);
    try {
      return [...(await measure(bench, doubles)), ...(await ignoredChanges(bench, doubles))];
    } finally {
      await doubles.close();
    }
  },
};

/** Every report waits 300 ms for Keptn's count: what warms up does so side by side. */
const sideBySide = 20;
const warmUps = 10;

const measure = async (bench: Bench, doubles: Doubles): Promise<Row[]> => {
  bench.say(`finish-task warm, ${doubles.name}`);
  const first = await doubles.endedRun();
  const recorded = await rehearse(bench, doubles, { name: "finish-task", event: first.change });
  const script = scriptOf(recorded);
  const ours = await startFunction("finish-task", doubles.env, bench.dist);
  const bare = await startBareCalls(join(bench.programs, "bare-calls.cjs"), "finish-task", doubles.env);
  const post = makePost(ours.url);
  for (let n = 0; n < warmUps; n++) {
    const runs = await Promise.all(Array.from({ length: sideBySide }, () => doubles.endedRun()));
    await Promise.all(runs.map(({ change }) => deliver(post, change)));
  }
  const time = async (to: Post, prepare: (run: EndedRun) => Promise<void>): Promise<number> => {
    const run = await doubles.endedRun();
    await prepare(run);
    const finished = doubles.finishedOf(run.event.id);
    const begun = performance.now();
    const answered = deliver(to, run.change);
    await finished;
    const ms = performance.now() - begun;
    await answered;
    return ms;
  };
  const prepareBare = (run: EndedRun) => bare.prepare(scriptFor(script, differences(first, run)));
  const timeBare = () => time(bare.post, prepareBare);
  for (let n = 0; n < warmUps * sideBySide; n++) await timeBare();
  const measured = await interleave(
    { ours: () => time(post, async () => {}), bare: timeBare },
    { unmeasured: 50, measured: 75 },
  );
  await Promise.all([ours.stop(), bare.stop()]);
  const row = { name: `Job change to .finished, ${doubles.name}`, unit: "ms", values: measured.ours } as const;
  const floor = { name: "the calls alone", values: measured.bare };
  return [timesRow({ ...row, column: "finish-task" }, floor), ...countRows(countKinds(recorded))];
};

/** What another run changes in the calls for a first one. */
const differences = (first: EndedRun, other: EndedRun) => {
  const texts = ({ event, job }: EndedRun): string[] => [
    ...[runIdOf(event.id, 0), event.id, event.shkeptncontext, job.metadata?.uid ?? ""],
    job.metadata?.annotations?.[annotation.announced] ?? "",
  ];
  const others = texts(other);
  return texts(first).map((text, index) => [text, others[index] ?? ""] as const);
};
