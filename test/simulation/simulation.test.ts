// The design holds in thousands of simulated runs in which everything that can go wrong does.
import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { loadHandlers } from "./handlers.ts";
import { mistakes } from "./mistakes.ts";
import { phrases, rates } from "./rates.ts";
import { shrink } from "./shrink.ts";
import { simulate } from "./simulate.ts";
import { tellStory } from "./story.ts";
import { type Tally, tallyWorlds } from "./tally.ts";
import { renderViolation } from "./violation.ts";
import { spreadWorlds } from "./workers.ts";

describe("5000 simulated runs", () => {
  let tally: Tally;
  before(async () => {
    tally = await spreadWorlds({ fromSeed: 1, worlds: 1850, cores: 2 });
  });
  const times = (what: string): number => tally.happened.get(what) ?? 0;

  test("break no invariant", () => {
    const { failure, runs } = tally;
    if (failure) assert.fail(`${renderViolation(failure.violation)}\nnpm run simulate -- --seed ${failure.seed}`);
    assert.ok(runs >= 5000, `only ${runs} runs`);
  });

  test("include every kind of fault", () => {
    const sums = new Map<string, number>();
    for (const [what, count] of tally.happened) {
      const [kind = ""] = what.split(" ");
      sums.set(kind, (sums.get(kind) ?? 0) + count);
    }
    const rare = Object.keys(rates).filter((kind) => (sums.get(kind) ?? 0) < (kind === "longWorld" ? 1 : 10));
    assert.deepEqual(rare, []);
  });

  const reads = ["read timer", "list run", "list open", "list pods", "read log", "list warnings"];
  const writes = ["touch timer", "remove timer", "create Job", "create ConfigMap", "patch", "delete"];
  const toKeptn = ["get job config", "get event", "is open", "get count", "list files", "open file"];
  const sends = ["send started", "send finished"];
  for (const operation of [...reads, ...writes, ...toKeptn, ...sends]) {
    test(`include failures, delays and crashes around "${operation}"`, () => {
      const any = (...kinds: readonly string[]) => kinds.some((kind) => times(`${kind} ${operation}`) > 0);
      assert.ok(any("crashesBefore", "crashesAfter"), "no crash");
      assert.ok(any("fails", "forbidden"), "nothing that had no effect");
      assert.ok(any("answerLost", "timesOut", "foundDone"), "nothing that had an effect all the same");
      assert.ok(any("slow", "readsStale", "fallsAsleep"), "nothing slow");
    });
  }

  /** Not random themselves, but consequences of random faults. */
  const consequences = [
    "a touch of a timer that goes",
    "a change while the adapter restarts",
    "a delivery that took too long",
    "a delivery that was given up",
    "an answer that Keptn took and forgot",
    "an answer that Keptn does not wait for",
    "a pod that waits for its files",
    "the TTL controller deletes a Job",
    "log: announced and released the first task",
    "log: released a task",
    "log: reported",
    "log: Keptn has not counted the started event; sending it again",
    "log: Keptn seems to no longer wait for this run; it will be asked again",
    "log: the event was planned before; its existing runs continue",
    "log: Keptn no longer waits for this run; its Jobs are stopped",
    "log: Keptn no longer waits for this run; nothing was sent",
    "log: another delivery reports this run",
  ];
  for (const what of consequences) test(`come to this: ${what}`, () => assert.ok(times(what) > 0));

  test("are reproducible on any thread", async () => {
    const [here, there] = await Promise.all([
      tallyWorlds({ fromSeed: 1, worlds: 20 }),
      spreadWorlds({ fromSeed: 1, worlds: 20, cores: 1 }),
    ]);
    assert.deepEqual(here, there);
  });
});

describe("a seed that breaks an invariant", () => {
  test("is reduced to a story with only the faults it needs", async () => {
    const handlers = await loadHandlers(mistakes.find(({ name }) => name === "sets no finalizer"));
    const { failure } = await tallyWorlds({ fromSeed: 1, worlds: 200, handlers });
    assert.ok(failure);
    const { without } = await shrink(failure.seed, { handlers });
    const story = await tellStory(failure.seed, { handlers, without });
    const [said = "", wrong = ""] = story.split("\n\n");
    assert.equal(said, `Seed ${failure.seed}: ${renderViolation(failure.violation)}`);
    assert.match(wrong, /somebody (deletes|removes)/);
    assert.ok(wrong.split("\n").length <= 4, wrong);
    assert.equal(new Set(story.match(/Keptn triggers \S+/g)).size, 1);
    assert.match(story, /\n +\d+\.\d{3} somebody (deletes|removes) .*\n/);
  });

  test("runs the same with and without a story", async () => {
    const lines: string[] = [];
    const [told, untold] = [await simulate(3, { onStep: (text) => lines.push(text) }), await simulate(3)];
    assert.deepEqual(told, untold);
    assert.ok(lines.length > 50);
  });
});

describe("a deliberate mistake", () => {
  /** Found within a few runs; `npm run test:mutations` searches for all of them. */
  const quick = [
    "announces before it creates the Jobs",
    "does not note that it announced",
    "never sweeps",
    "ends the timer before it looks for runs",
    "sets the TTL when it creates a Job",
    "sends .finished without asking Keptn",
    "wakes itself by what it writes",
  ];
  for (const name of quick) {
    test(`is found: ${name}`, async () => {
      const mistake = mistakes.find((one) => one.name === name);
      assert.ok(mistake);
      const { failure } = await tallyWorlds({ fromSeed: 1, worlds: 500, handlers: await loadHandlers(mistake) });
      assert.ok(failure);
    });
  }
});

test("every fault has a phrase for the story", () => assert.deepEqual(Object.keys(phrases), Object.keys(rates)));
