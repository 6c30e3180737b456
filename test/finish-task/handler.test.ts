// finish-task in its own small world: how it handles Job changes and the timer's sweep.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { describe, type TestContext, test } from "node:test";
import { finishTask } from "../../functions/finish-task/handler.ts";
import { annotation, finalizer, label } from "../../functions/lib/core/annotations/annotations.ts";
import type { KeptnEvent } from "../../functions/lib/core/event/keptn-event.ts";
import type { Job } from "../../functions/lib/core/kubernetes.ts";
import { toDeliveryResult } from "../../functions/lib/host/delivery-result.ts";
import type { JobRef } from "../../functions/lib/kubernetes/ports.ts";
import type { SweepPorts } from "../../functions/lib/run/sweep.ts";
import { startJob } from "../../functions/start-job/handler.ts";
import { openWorld, type World } from "../doubles/world.ts";

const type = "sh.keptn.event.deployment.triggered";
const configOf = (tasks: readonly string[], more = "") =>
  `apiVersion: v2\nactions:\n  - {name: deploy, events: [{name: ^sh.keptn.event.*.triggered$}], tasks: [${tasks
    .map((name) => `{name: ${name}, image: alpine}`)
    .join(", ")}]${more}}\n`;

const begin = async (
  context: TestContext,
  { tasks = ["first", "second"], more = "", env = {}, given = { type } } = {},
): Promise<{ world: World; event: KeptnEvent }> => {
  const world = await openWorld(context, env);
  world.configure(configOf(tasks, more));
  const event = world.keptn.trigger(given);
  await startJob(world.ports)(event);
  return { world, event };
};

const changeOf = (job: Job, verb = "update") => ({
  ...{ specversion: "1.0", id: randomUUID(), source: "https://10.96.0.1:443" },
  ...{ type: `dev.knative.apiserver.resource.${verb}`, data: { apiVersion: "batch/v1", kind: "Job", ...job } },
});
const sweepEvent = { type: "dev.knative.sources.ping", data: { action: "sweep" } };

const deliver = (world: World, event: unknown, ports: Partial<SweepPorts> = {}) => {
  const all = { ...world.ports, ...ports };
  return toDeliveryResult(all.log, () => finishTask(all, new Set())(event));
};
const jobAt = (world: World, index: number): Job => {
  const job = world.jobs().find(({ metadata }) => metadata?.labels?.[label.taskIndex] === String(index));
  assert.ok(job, `no Job of task ${index}`);
  return job;
};
const end = async (world: World, index: number, how: Parameters<World["end"]>[1]) => {
  world.end(jobAt(world, index), how);
  return deliver(world, changeOf(jobAt(world, index)));
};
const only = (world: World) => {
  const [finished, ...more] = world.sent("finished");
  assert.ok(finished && more.length === 0, `${more.length + 1} finished events`);
  return { ...finished.data, message: String(finished.data["message"]) } as Record<string, unknown> & {
    message: string;
  };
};
const refOf = ({ metadata }: Job): JobRef => ({
  ...{ namespace: metadata?.namespace ?? "", name: metadata?.name ?? "", uid: metadata?.uid ?? "" },
});

describe("a task that ends", () => {
  test("releases the next one, and the last one reports the run with the output of all tasks", async (context) => {
    const { world, event } = await begin(context, { given: { type, labels: { build: "17" } } as never });
    assert.equal((await end(world, 0, { exitCode: 0, log: "output one\n" })).statusCode, 204);
    assert.equal(jobAt(world, 1).spec?.suspend, false);
    assert.equal(world.sent("finished").length, 0);
    assert.equal((await end(world, 1, { exitCode: 0, log: "output two\n" })).statusCode, 204);
    const { message, ...data } = only(world);
    assert.deepEqual(data, {
      ...{ project: "sockshop", stage: "dev", service: "carts", labels: { build: "17" } },
      ...{ status: "succeeded", result: "pass" },
    });
    assert.match(message, /'first' finished successfully[\s\S]*output one[\s\S]*'second' finished[\s\S]*output two/);
    assert.equal(world.keptn.counts(event.id)?.state, "complete");
  });

  test("is handled once when two changes report it, and again when handling failed", async (context) => {
    const { world } = await begin(context, { tasks: ["only"] });
    world.end(jobAt(world, 0), { exitCode: 0 });
    let lists = 0;
    const listRun: SweepPorts["jobs"]["listRun"] = (...args) => {
      lists++;
      return world.ports.jobs.listRun(...args);
    };
    const oneProcess = finishTask({ ...world.ports, jobs: { ...world.ports.jobs, listRun } }, new Set());
    const change = changeOf(jobAt(world, 0));
    const tell = () => toDeliveryResult(world.ports.log, () => oneProcess(change));
    world.keptn.fault({ on: /./, kind: { status: 503 }, times: Number.POSITIVE_INFINITY });
    const [first, second] = await Promise.all([tell(), tell()]);
    assert.deepEqual([first.statusCode, second.statusCode, lists], [503, 204, 1]);
    assert.match(second.why, /this end of a Job is already being handled/);
    world.keptn.clearFaults();
    assert.equal((await tell()).statusCode, 204);
    only(world);
    const before = lists;
    assert.equal((await tell()).statusCode, 204);
    assert.equal(lists, before, "an end that was dealt with");
  });

  test("is not accepted from a forged change: only what Kubernetes confirms counts", async (context) => {
    const { world } = await begin(context);
    const oneProcess = finishTask(world.ports, new Set());
    const forged = changeOf({ ...jobAt(world, 1), spec: { ...jobAt(world, 1).spec!, suspend: false } });
    Object.assign(forged.data, { status: { conditions: [{ type: "Complete", status: "True" }] } });
    world.end(jobAt(world, 0), { exitCode: 0 });
    await oneProcess(forged);
    assert.equal(jobAt(world, 1).spec?.suspend, false, "it was looked at");
    world.end(jobAt(world, 1), { exitCode: 0 });
    await oneProcess(changeOf(jobAt(world, 1)));
    only(world);
  });

  test("is handled again when somebody else held the lease of its run", async (context) => {
    const { world } = await begin(context, { tasks: ["only"] });
    world.end(jobAt(world, 0), { exitCode: 0 });
    const change = changeOf(jobAt(world, 0));
    const oneProcess = finishTask(world.ports, new Set());
    const claim = JSON.stringify({ by: "somebody", at: world.ports.clock.now().toISOString() });
    const expect = { annotations: { [annotation.claim]: "" } };
    await world.ports.jobs.patch(refOf(jobAt(world, 0)), { expect, annotations: { [annotation.claim]: claim } });
    assert.match((await oneProcess(change)).why, /holds the lease/);
    world.pass(world.ports.settings.CLAIM_LEASE_SECONDS + 1);
    assert.equal((await oneProcess(change)).why, "the run is over");
    only(world);
  });

  test("leaves every Job with its TTL, without our finalizer, in a state that no source watches", async (context) => {
    const { world } = await begin(context, { more: "" });
    await end(world, 0, { exitCode: 0 });
    await end(world, 1, { exitCode: 0 });
    for (const { metadata, spec } of world.jobs()) {
      assert.equal(spec?.ttlSecondsAfterFinished, 21_600);
      assert.deepEqual(metadata?.finalizers, []);
      assert.equal(metadata?.labels?.[label.state], "reported");
    }
    assert.equal(world.jobs()[0]?.metadata?.annotations?.[annotation.outcome], "passed");
  });

  test("ends the run when it fails: the next task never starts, its Job is deleted, the output is reported", async (context) => {
    const { world } = await begin(context);
    await end(world, 0, { exitCode: 3, log: "it broke\n" });
    assert.equal(world.jobs().length, 1);
    const { message, status, result } = only(world);
    assert.deepEqual([status, result], ["succeeded", "fail"]);
    assert.match(message, /Task 'first' failed: container .* ended with exit code 3[\s\S]*it broke/);
  });

  test("releases the next one in another namespace, which the run's own Jobs name", async (context) => {
    const world = await openWorld(context, { ALLOWED_NAMESPACES: "others" });
    const tasks = "{name: first, image: alpine}, {name: second, image: alpine, namespace: others}";
    world.configure(`apiVersion: v2\nactions: [{name: a, events: [{name: ${type}}], tasks: [${tasks}]}]\n`);
    await startJob(world.ports)(world.keptn.trigger({ type }));
    await end(world, 0, { exitCode: 0 });
    assert.equal(jobAt(world, 1).metadata?.namespace, "others");
    assert.equal(jobAt(world, 1).spec?.suspend, false);
    await end(world, 1, { exitCode: 0 });
    assert.equal(only(world)["result"], "pass");
  });

  test("is reported once, however often and in whatever order its changes arrive", async (context) => {
    const { world } = await begin(context, { tasks: ["only"] });
    const before = jobAt(world, 0);
    world.end(before, { exitCode: 0 });
    const job = jobAt(world, 0);
    const changes = [job, before, job, job, before].map((one) => deliver(world, changeOf(one)));
    await Promise.all(changes);
    await deliver(world, changeOf(job));
    await deliver(world, changeOf(jobAt(world, 0), "delete"));
    only(world);
  });

  test("sends its KEPTN_RESULT to Keptn, and later tasks win", async (context) => {
    const { world } = await begin(context);
    await end(world, 0, { exitCode: 0, result: '{"deployment": {"a": 1, "b": 1}, "project": "other"}' });
    await end(world, 1, { exitCode: 0, result: "result: warning\ndeployment: {b: 2}\nmessage: all good\n" });
    const { deployment, result, project, message } = only(world);
    assert.deepEqual([deployment, result, project], [{ a: 1, b: "2" }, "warning", "sockshop"]);
    assert.match(message, /all good/);
  });

  test("sends nothing in a silent run", async (context) => {
    const { world } = await begin(context, { more: ", silent: true" });
    await end(world, 0, { exitCode: 0 });
    assert.equal(jobAt(world, 1).spec?.suspend, false);
    await end(world, 1, { exitCode: 1 });
    assert.deepEqual(world.keptn.plane.received, []);
    assert.ok(world.jobs().every(({ metadata }) => metadata?.labels?.[label.state] === "reported"));
  });

  test("carries the Jobs' own times for a test event", async (context) => {
    const { world } = await begin(context, { tasks: ["only"], given: { type: "sh.keptn.event.test.triggered" } });
    await end(world, 0, { exitCode: 0 });
    const { startTime, completionTime } = jobAt(world, 0).status ?? {};
    assert.deepEqual(only(world)["test"], { start: startTime, end: completionTime });
  });
});

describe("a change that needs no action", () => {
  test("gets its response without any call: a running Job, a waiting one, one of others, an unknown event", async (context) => {
    const { world } = await begin(context);
    const untouched = new Proxy(world.ports.jobs, {
      get: (_, name) => () => assert.fail(`jobs.${String(name)} was called`),
    });
    const calls = world.keptn.calls.length;
    const { labels: _, annotations: __, ...metadata } = jobAt(world, 0).metadata ?? {};
    const events = [
      changeOf(jobAt(world, 0)),
      changeOf(jobAt(world, 1)),
      changeOf(jobAt(world, 0), "add"),
      changeOf({ ...jobAt(world, 0), metadata }),
      { ...changeOf(jobAt(world, 0)), type: "dev.knative.apiserver.ref.update" },
    ];
    for (const event of events) assert.equal((await deliver(world, event, { jobs: untouched })).statusCode, 204);
    assert.equal(world.keptn.calls.length, calls);
  });

  test("is a 400 with a log line when it is malformed", async (context) => {
    const world = await openWorld(context);
    const change = "dev.knative.apiserver.resource.update";
    for (const event of [undefined, {}, { type: change }, { type: change, data: { kind: "Pod" } }]) {
      assert.equal((await deliver(world, event)).statusCode, 400);
    }
    assert.equal(world.lines.filter(({ level }) => level === "warn").length, 4);
  });
});

describe("a Job that is deleted by hand", () => {
  test("fails its run, and disappears after the report", async (context) => {
    const { world } = await begin(context);
    const { name } = refOf(jobAt(world, 0));
    await world.ports.jobs.delete(refOf(jobAt(world, 0)));
    assert.deepEqual(jobAt(world, 0).metadata?.finalizers, [finalizer]);
    await deliver(world, changeOf(jobAt(world, 0)));
    assert.deepEqual(world.jobs(), []);
    const { message, status } = only(world);
    assert.equal(status, "errored");
    assert.equal(message.split("\n")[0], `Task 'first' did not end: its Job jobs/${name} was deleted.`);
  });
});

describe("the sweep", () => {
  test("takes the step that a lost event would have triggered", async (context) => {
    const { world } = await begin(context);
    world.end(jobAt(world, 0), { exitCode: 0 });
    await deliver(world, sweepEvent);
    assert.equal(jobAt(world, 1).spec?.suspend, false);
    world.end(jobAt(world, 1), { exitCode: 0 });
    await deliver(world, sweepEvent);
    only(world);
  });

  test("fails a run whose pod cannot start, in Kubernetes' words, after the grace period and not before", async (context) => {
    const { world } = await begin(context);
    const waiting = { reason: "ErrImagePull", message: "no such image" };
    world.pass(3600); // its pod existed before, and its image was pulled for an hour
    world.setPod(jobAt(world, 0), { state: { waiting } });
    await deliver(world, sweepEvent); // no Event says since when: the sweep notes the time
    world.pass(world.ports.settings.START_GRACE_SECONDS - 1);
    await deliver(world, sweepEvent);
    assert.equal(world.sent("finished").length, 0);
    world.pass(1);
    await deliver(world, sweepEvent);
    const { message, status, result } = only(world);
    assert.deepEqual([status, result], ["errored", "fail"]);
    assert.match(message, /^Task 'first' could not start: container .* ErrImagePull: no such image/);
    assert.deepEqual(world.jobs(), []);
    assert.equal(world.notes.at(-1), "CouldNotStart");
  });

  test("fails it at once when waiting cannot help", async (context) => {
    const { world } = await begin(context, { tasks: ["only"] });
    world.setPod(jobAt(world, 0), { state: { waiting: { reason: "InvalidImageName", message: "A B" } } });
    await deliver(world, sweepEvent);
    assert.match(only(world).message, /InvalidImageName/);
  });

  test("stops the Jobs of an aborted sequence, and sends nothing", async (context) => {
    const { world, event } = await begin(context);
    world.keptn.plane.shipyard.abort(event.shkeptncontext);
    world.pass(world.ports.settings.CLAIM_LEASE_SECONDS + 1);
    await deliver(world, sweepEvent);
    assert.equal(world.jobs().length, 2, "one answer is no reason to stop anything");
    await deliver(world, sweepEvent);
    assert.equal(world.jobs().length, 2, "nor is a second one in the same moment");
    world.pass(60);
    await deliver(world, sweepEvent);
    assert.deepEqual(world.jobs(), []);
    assert.equal(world.sent("finished").length, 0);
  });

  describe("when Keptn does not find its sequences for a moment", () => {
    const blind = (world: World): Partial<SweepPorts> => {
      const getEventCounts = async () => ({ kind: "over", unknown: true }) as const;
      return { keptn: { ...world.ports.keptn, getEventCounts, isOpen: async () => false } };
    };
    const overOf = (world: World) => jobAt(world, 0).metadata?.annotations?.[annotation.over];

    test("lets a run go on, and forgets Keptn's answer", async (context) => {
      const { world, event } = await begin(context, { tasks: ["only"] });
      world.pass(world.ports.settings.CLAIM_LEASE_SECONDS + 1);
      for (let minute = 0; minute < 3; minute++) {
        await deliver(world, sweepEvent, blind(world));
        assert.notEqual(overOf(world), "");
        world.pass(60);
        await deliver(world, sweepEvent);
        assert.equal(overOf(world), "");
        world.pass(60);
      }
      world.end(jobAt(world, 0), { exitCode: 0 });
      await deliver(world, sweepEvent);
      assert.equal(world.keptn.counts(event.id)?.result?.result, "pass");
    });

    test("reports a run that ended in that moment a minute later", async (context) => {
      const { world, event } = await begin(context, { tasks: ["only"] });
      world.end(jobAt(world, 0), { exitCode: 0 });
      await deliver(world, sweepEvent, blind(world));
      assert.equal(world.sent("finished").length, 0);
      world.pass(60);
      await deliver(world, sweepEvent);
      assert.equal(world.keptn.counts(event.id)?.result?.result, "pass");
    });
  });

  test("takes over the lease of a dead process when it expires", async (context) => {
    const { world } = await begin(context, { tasks: ["only"] });
    world.end(jobAt(world, 0), { exitCode: 0 });
    const claim = JSON.stringify({ by: "dead", at: world.ports.clock.now().toISOString() });
    await world.ports.jobs.patch(refOf(jobAt(world, 0)), { annotations: { [annotation.claim]: claim } });
    await deliver(world, sweepEvent);
    assert.equal(world.sent("finished").length, 0);
    world.pass(world.ports.settings.CLAIM_LEASE_SECONDS + 1);
    await deliver(world, sweepEvent);
    only(world);
  });

  test("sends .started again when Keptn dropped it, before it sends .finished", async (context) => {
    const late = { type, heardAfterMs: Number.POSITIVE_INFINITY };
    const { world, event } = await begin(context, { tasks: ["only"], given: late as never });
    world.keptn.plane.shipyard.listen(event.id);
    assert.deepEqual(world.keptn.counts(event.id), { state: "current", started: 0, finished: 0 });
    world.end(jobAt(world, 0), { exitCode: 0 });
    await deliver(world, sweepEvent);
    assert.deepEqual([world.sent("started").length, world.keptn.counts(event.id)?.state], [2, "complete"]);
    only(world);
  });

  test("asks Keptn whether a .finished with a lost response arrived, and does not send it twice", async (context) => {
    const { world } = await begin(context, { tasks: ["only"] });
    world.keptn.fault({ on: /^POST v1\/event/, kind: "reset", afterEffect: true });
    assert.equal((await end(world, 0, { exitCode: 0 })).statusCode, 204);
    only(world);
    assert.equal(jobAt(world, 0).metadata?.labels?.[label.state], "reported");
  });

  test("leaves the run open for the next sweep when Keptn cannot be reached", async (context) => {
    const { world } = await begin(context, { tasks: ["only"] });
    world.keptn.fault({ on: /./, kind: { status: 503 }, times: Number.POSITIVE_INFINITY });
    assert.equal((await end(world, 0, { exitCode: 0 })).statusCode, 503);
    assert.equal((await deliver(world, sweepEvent)).statusCode, 204);
    world.keptn.clearFaults();
    await deliver(world, sweepEvent);
    only(world);
  });
});

describe("the sweep's timer", () => {
  test("stays while a run is open, and is removed by the sweep that finds none", async (context) => {
    const { world } = await begin(context, { tasks: ["only"] });
    world.pass(world.ports.settings.CREATE_GRACE_SECONDS + 1);
    await deliver(world, sweepEvent);
    assert.ok(world.timer.exists());
    await end(world, 0, { exitCode: 0 });
    await deliver(world, sweepEvent);
    assert.ok(!world.timer.exists());
  });

  test("stays as long as a start-job that touched it may still create Jobs", async (context) => {
    const world = await openWorld(context);
    await world.timer.touch(world.ports.clock.now());
    world.pass(world.ports.settings.CREATE_GRACE_SECONDS);
    await deliver(world, sweepEvent);
    assert.ok(world.timer.exists());
    world.pass(1);
    await deliver(world, sweepEvent);
    assert.ok(!world.timer.exists());
  });

  test("stays when the sweep took long: Jobs may have been created after its list", async (context) => {
    const world = await openWorld(context);
    await world.timer.touch(world.ports.clock.now());
    const slow: SweepPorts["jobs"] = {
      ...world.ports.jobs,
      listOpen: async (scopes) => {
        const found = await world.ports.jobs.listOpen(scopes);
        world.pass(world.ports.settings.CREATE_GRACE_SECONDS + 1);
        return found;
      },
    };
    await deliver(world, sweepEvent, { jobs: slow });
    assert.ok(world.timer.exists());
  });

  test("stays when somebody touched it while the sweep looked for runs", async (context) => {
    const world = await openWorld(context);
    await world.timer.touch(world.ports.clock.now());
    world.pass(3600);
    const jobs: SweepPorts["jobs"] = {
      ...world.ports.jobs,
      listOpen: async (scopes) => {
        const none = await world.ports.jobs.listOpen(scopes);
        await world.timer.touch(world.ports.clock.now());
        return none;
      },
    };
    await deliver(world, sweepEvent, { jobs });
    assert.ok(world.timer.exists());
  });
});
