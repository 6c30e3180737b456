// A Keptn event POSTed to start-job runs a two-task action in real pods, and is reported once.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { annotation, label } from "../../functions/lib/core/annotations/annotations.ts";
import type { KeptnEvent } from "../../functions/lib/core/event/keptn-event.ts";
import { makeRandom } from "./harness/random.ts";
import { openWorld, type TestWorld, testImage, until } from "./harness/world.ts";
import { noCluster } from "./namespace.ts";

const task = (name: string, script: string): string => `
      - name: ${name}
        image: ${testImage}
        imagePullPolicy: IfNotPresent
        cmd: ["sh", "-c", ${JSON.stringify(script)}]`;

const config = `apiVersion: v2
actions:
  - name: deploy
    events: [{name: "^sh.keptn.event.deployment.triggered$"}]
    tasks:${task("first", "cat /proc/uptime; echo first output")}${task("second", "cat /proc/uptime; echo second output")}
  - name: failing
    events: [{name: "^sh.keptn.event.test.triggered$"}]
    tasks:${task("first", "echo it broke >&2; exit 3")}${task("second", "echo never")}
`;

describe("a run in real pods", { skip: noCluster }, () => {
  let world: TestWorld;
  const seed = Number(process.env["TEST_SEED"] ?? Math.floor(Math.random() * 1e9));
  before(async () => {
    const unreliability = { random: makeRandom(seed), lost: 0, doubled: 0.5, lateMs: 1500 };
    world = await openWorld({ unreliability });
    world.configure(config);
  });
  after(() => world?.close());

  const sent = (event: KeptnEvent, kind: string) =>
    world.keptn.plane.received.filter((e) => e.triggeredid === event.id && e.type.endsWith(`.${kind}`));

  test(`20 runs with shuffled and duplicate deliveries: one .started, one .finished, tasks in order (seed ${seed})`, async () => {
    const runs = await Promise.all(Array.from({ length: 20 }, () => world.run()));
    for (const { event, status } of runs) {
      assert.equal(status, 204);
      await until(`finished of ${event.id}`, () => world.keptn.counts(event.id)?.state === "complete");
      const { started, finished, result } = world.keptn.counts(event.id) ?? {};
      assert.deepEqual([started, finished, result?.result], [1, 1, "pass"]);
    }
    for (const { event } of runs) {
      assert.equal(sent(event, "started").length, 1);
      const [only, ...more] = sent(event, "finished");
      assert.equal(more.length, 0);
      const message = String(only?.data["message"]);
      const [first, second] = [...message.matchAll(/^(\d+\.\d\d) /gm)].map(([text]) => Number(text));
      assert.ok(first && second && first < second, message);
      assert.match(message, /first output[\s\S]*second output/);
      await until(`Jobs of ${event.id} let go`, async () => (await world.jobsOf(event)).every(isLetGo));
      assert.equal((await world.jobsOf(event)).length, 2);
    }
  });

  test("after a failed first task the second never starts, its Job is deleted, and the output is reported", async () => {
    const { event } = await world.run("sh.keptn.event.test.triggered");
    await until("finished", () => world.keptn.counts(event.id)?.state === "complete");
    const [finished] = sent(event, "finished");
    assert.equal(finished?.data["result"], "fail");
    assert.match(String(finished?.data["message"]), /exit code 3[\s\S]*it broke/);
    // The first one carries the run's marks: it is let go last.
    await until("the second Job is gone, the first let go", async () => {
      const jobs = await world.jobsOf(event);
      return jobs.length === 1 && jobs.every(isLetGo);
    });
    const [job] = await world.jobsOf(event);
    assert.equal(job?.metadata?.labels?.[label.task], "first");
  });

  test("an event that matches no action gets 204: nothing is sent or created", async () => {
    const { event, status } = await world.run("sh.keptn.event.release.triggered");
    assert.equal(status, 204);
    assert.deepEqual(
      world.keptn.plane.received.filter(({ triggeredid }) => triggeredid === event.id),
      [],
    );
    assert.deepEqual(await world.jobsOf(event), []);
  });
});

const isLetGo = ({ metadata, spec }: Awaited<ReturnType<TestWorld["jobsOf"]>>[number]): boolean =>
  metadata?.labels?.[label.state] === "reported" &&
  !metadata.finalizers?.length &&
  spec?.suspend === false &&
  spec.ttlSecondsAfterFinished !== undefined &&
  metadata.annotations?.[annotation.spec] !== undefined;
