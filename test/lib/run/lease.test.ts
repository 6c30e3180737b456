import assert from "node:assert/strict";
import { test } from "node:test";
import { readRun } from "../../../functions/lib/core/run/run-state.ts";
import { acquireLease } from "../../../functions/lib/run/lease.ts";
import { startJob } from "../../../functions/start-job/handler.ts";
import { openWorld } from "../../doubles/world.ts";

const type = "sh.keptn.event.deployment.triggered";

const claimed = async (context: Parameters<typeof openWorld>[0], slowMs: readonly number[]) => {
  const world = await openWorld(context);
  world.configure(`apiVersion: v2\nactions: [{name: a, events: [{name: ${type}}], tasks: [{name: b, image: c}]}]\n`);
  await startJob(world.ports)(world.keptn.trigger({ type }));
  const run = readRun(world.jobs());
  assert.ok(run);
  const patches: string[] = [];
  const jobs = {
    ...world.ports.jobs,
    patch: async (...given: Parameters<typeof world.ports.jobs.patch>) => {
      const answer = await world.ports.jobs.patch(...given);
      patches.push(answer);
      world.pass((slowMs[patches.length - 1] ?? 0) / 1000);
      return answer;
    },
  };
  const hold = await acquireLease({ ...world.ports, jobs }, run, { holderIdentity: "me" });
  assert.ok(hold);
  return { world, hold, patches };
};

test("a fresh lease is not renewed", async (context) => {
  const { hold, patches } = await claimed(context, []);
  assert.ok(await hold.renewIfStale());
  assert.equal(patches.length, 1);
});

test("a lease is renewed until a renewal was fast, so that the next event arrives before it expires", async (context) => {
  const { hold, patches } = await claimed(context, [12_000, 11_000, 0]);
  assert.ok(await hold.renewIfStale());
  assert.deepEqual(patches, ["done", "done", "done"]);
});

test("a lease that somebody else took is lost", async (context) => {
  const { world, hold } = await claimed(context, [12_000]);
  const other = readRun(world.jobs());
  assert.ok(other && (await acquireLease(world.ports, other, { holderIdentity: "other" })));
  assert.equal(await hold.renewIfStale(), false);
});
