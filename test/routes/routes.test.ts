// The ways of an event from a real Keptn to start-job and back: NATS, polling, webhook-service. Jobs and pods are a real cluster's.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { type Installation, openInstallation, skipInstallation } from "./installation.ts";

/** By NATS, where events come as early as they can; the other routes take fewer. */
const most = 30;
const usual = 20;
const { KEPTN_NATS_URL, KEPTN_CALLBACK_HOST } = process.env;

describe("sequences of two tasks from a real Keptn to their end", { skip: skipInstallation }, () => {
  let world: Installation;
  before(async () => {
    world = await openInstallation();
  });
  after(() => world?.close());

  /** Every one is finished and passed, with a finished event for each started one that Keptn counted, and one Job for each task. */
  const runAll = async (t: { diagnostic(text: string): void }, count = usual): Promise<void> => {
    const began = Date.now();
    const contexts = await world.triggerAll(count);
    const ended = await Promise.all(contexts.map((context) => world.whenFinished(context)));
    for (const [index, { previousTasks }] of ended.entries()) {
      assert.deepEqual(
        previousTasks.map(({ name, result, status }) => [name, result, status]),
        ["deployment", "release"].map((name) => [name, "pass", "succeeded"]),
        contexts[index],
      );
    }
    const answers = await Promise.all(contexts.map((context) => world.answersOf(context)));
    // A started event that Keptn dropped, or counted late, was sent once more; of those it dropped nobody finishes anything.
    for (const [index, kinds] of answers.entries()) {
      const of = (kind: string) => kinds.filter((one) => one === kind).length;
      assert.ok(of("finished") >= 2 && of("started") >= of("finished"), `${contexts[index]}: ${kinds}`);
      assert.equal(await world.countJobs(contexts[index] ?? ""), 2, contexts[index]);
    }
    const once = answers.filter(({ length }) => length === 4).length;
    t.diagnostic(
      `${count} sequences in ${((Date.now() - began) / 1000).toFixed(1)} s, ${once} of them with no event sent twice`,
    );
  };

  test("by NATS", {
    skip: KEPTN_NATS_URL ? false : "KEPTN_NATS_URL is not set: Keptn's NATS, as this machine reaches it",
  }, async (t) => {
    const source = await world.startSource({ PUBSUB_URL: KEPTN_NATS_URL ?? "" });
    await runAll(t, most);
    await source.stop();
  });

  test("by polling", async (t) => {
    const source = await world.startSource({ HTTP_POLLING_INTERVAL: "2" });
    await runAll(t);
    await source.stop();
  });

  test("by polling, with a source that is killed in between", async (t) => {
    const source = await world.startSource({ HTTP_POLLING_INTERVAL: "1" });
    let ended = false;
    const crashing = (async () => {
      while (!ended) {
        await sleep(3000);
        await source.crash();
      }
    })();
    await runAll(t).finally(() => {
      ended = true;
    });
    await crashing;
    await source.stop();
  });

  const noCallback = KEPTN_CALLBACK_HOST
    ? false
    : "KEPTN_CALLBACK_HOST is not set: an address of this machine that Keptn's pods reach, and that its deny list allows";
  test("by webhook-service, with thin events", { skip: noCallback }, async (t) => {
    const remove = await world.openWebhook(KEPTN_CALLBACK_HOST ?? "");
    t.after(remove);
    await runAll(t);
  });
});
