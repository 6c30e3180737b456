// The config can change before an event is redelivered: the config of its first Job still counts.
import assert from "node:assert/strict";
import { describe, type TestContext, test } from "node:test";
import { label } from "../../functions/lib/core/annotations/annotations.ts";
import { toDeliveryResult } from "../../functions/lib/host/delivery-result.ts";
import { IoError } from "../../functions/lib/io-error.ts";
import { sweep } from "../../functions/lib/run/sweep.ts";
import { type StartJobPorts, startJob } from "../../functions/start-job/handler.ts";
import { openWorld } from "../doubles/world.ts";

const type = "sh.keptn.event.deployment.triggered";
const action = (name: string, of = type) =>
  `  - {name: ${name}, events: [{name: ${of}}], tasks: [{name: ${name}, image: alpine}]}\n`;
const configOf = (...actions: readonly string[]) => `apiVersion: v2\nactions:\n${actions.join("")}`;
const deploy = configOf(action("deploy"));

const open = async (context: TestContext, config = deploy) => {
  const world = await openWorld(context);
  const put = (text: string) =>
    world.keptn.plane.projects.addFiles({ project: "sockshop" } as never, { "job/config.yaml": text });
  put(config);
  const event = world.keptn.trigger({ type });
  const deliver = (ports: Partial<StartJobPorts> = {}) => {
    const all = { ...world.ports, ...ports };
    return toDeliveryResult(all.log, () => startJob(all)(event));
  };
  const actions = () => world.jobs().map((job) => job.metadata?.labels?.[label.action]);
  return { world, event, put, deliver, actions };
};

const later: Readonly<Record<string, string>> = {
  "an action on top": configOf(action("lint"), action("deploy")),
  "an action below": configOf(action("deploy"), action("lint")),
  "an action on top that does not match": configOf(action("lint", "sh.keptn.event.test.triggered"), action("deploy")),
  "another action in its place": configOf(action("lint")),
  "no action any more": configOf(action("lint", "sh.keptn.event.test.triggered")),
  "unreadable text": "apiVersion: v2\nactions: nonsense\n",
  "a task that breaks a rule": deploy.replace("image: alpine", "image: alpine, maxPollDuration: never"),
};

describe("a redelivered event whose config now has", () => {
  for (const [what, config] of Object.entries(later)) {
    for (const seconds of [0, 600]) {
      test(`${what}, ${seconds} s later: creates nothing, sends nothing`, async (context) => {
        const { world, event, put, deliver, actions } = await open(context);
        assert.equal((await deliver()).statusCode, 204);
        world.pass(seconds);
        put(config);
        assert.equal((await deliver()).statusCode, 204);
        assert.deepEqual(actions(), ["deploy"]);
        const counts = world.keptn.counts(event.id);
        assert.deepEqual([counts?.started, counts?.finished], [1, 0]);
      });
    }
  }

  test("a new first action before a refused one: creates nothing beside the running Jobs", async (context) => {
    const { world, event, put, deliver, actions } = await open(context, configOf(action("refused"), action("deploy")));
    const create: StartJobPorts["jobs"]["create"] = async (job) => {
      if (job.metadata?.labels?.[label.action] === "refused") throw new IoError("no", { retryable: false });
      return world.ports.jobs.create(job);
    };
    assert.equal((await deliver({ jobs: { ...world.ports.jobs, create } })).statusCode, 204);
    assert.deepEqual(actions(), ["deploy"]);
    put(configOf(action("lint"), action("refused"), action("deploy")));
    assert.equal((await deliver()).statusCode, 204);
    assert.deepEqual(actions(), ["deploy"]);
    assert.equal(world.keptn.counts(event.id)?.started, 2);
  });

  test("a new first action that Kubernetes refuses, during a slow earlier delivery: the slow one creates nothing", async (context) => {
    const { world, event, put, deliver, actions } = await open(context);
    const { jobs, timer } = world.ports;
    const create: StartJobPorts["jobs"]["create"] = async (job) => {
      if (job.metadata?.labels?.[label.action] === "refused") throw new IoError("no", { retryable: false });
      return jobs.create(job);
    };
    const touch: typeof timer.touch = async (now) => {
      put(configOf(action("refused"), action("deploy")));
      assert.equal((await deliver({ jobs: { ...jobs, create } })).statusCode, 204);
      world.pass(13);
      return timer.touch(now);
    };
    assert.equal((await deliver({ timer: { ...timer, touch } })).statusCode, 204);
    assert.deepEqual(actions(), ["deploy"]);
    assert.equal(world.keptn.counts(event.id)?.started, 2);
  });

  test("a new first action before a refused one that was not reported: it is reported now", async (context) => {
    const silent = action("deploy").replace("{name: deploy,", "{name: deploy, silent: true,");
    const { world, event, put, deliver, actions } = await open(context, configOf(action("refused"), silent));
    const { jobs, keptn } = world.ports;
    const create: StartJobPorts["jobs"]["create"] = async (job) => {
      if (job.metadata?.labels?.[label.action] === "refused") throw new IoError("no", { retryable: false });
      return jobs.create(job);
    };
    const send = () => Promise.reject(new IoError("Keptn is away", { retryable: true }));
    assert.equal((await deliver({ jobs: { ...jobs, create }, keptn: { ...keptn, send } })).statusCode, 503);
    assert.deepEqual(actions(), ["deploy"]);
    put(configOf(action("lint"), action("refused"), silent));
    assert.equal((await deliver()).statusCode, 503); // the first delivery may still be in progress
    world.pass(60);
    assert.equal((await deliver()).statusCode, 204);
    assert.deepEqual(actions(), ["deploy"]);
    const counts = world.keptn.counts(event.id);
    assert.deepEqual([counts?.started, counts?.finished, counts?.state], [1, 1, "complete"]);
  });

  test("a new first action, with no Jobs left and another executor handling the task: runs nothing", async (context) => {
    const { world, event, put, deliver, actions } = await open(context);
    await deliver();
    const { specversion, shkeptncontext, data } = event;
    const started = { specversion, shkeptncontext, triggeredid: event.id, type: type.replace("triggered", "started") };
    await world.ports.keptn.send({ ...started, source: "other", data } as never);
    const [job] = world.jobs();
    assert.ok(job);
    world.end(job, { exitCode: 0 });
    await sweep(world.ports);
    const { namespace = "", name = "", uid = "" } = job.metadata ?? {};
    await world.ports.jobs.delete({ namespace, name, uid });
    assert.deepEqual(actions(), []);
    world.pass(600);
    put(configOf(action("lint"), action("deploy")));
    await deliver();
    assert.deepEqual(actions(), []);
    assert.equal(world.keptn.counts(event.id)?.started, 2);
  });
});

describe("an event with some Jobs that could not be created", () => {
  const onlyFirst = (world: Awaited<ReturnType<typeof open>>["world"]): Partial<StartJobPorts> => ({
    jobs: {
      ...world.ports.jobs,
      create: async (job) => {
        if (job.metadata?.name?.endsWith("-001-001")) return world.ports.jobs.create(job);
        throw new IoError("the connection was lost", { retryable: true });
      },
    },
  });
  const two = configOf(action("deploy"), action("scan"));

  test("gets the rest from the same config when it is redelivered", async (context) => {
    const { world, deliver, actions } = await open(context, two);
    assert.equal((await deliver(onlyFirst(world))).statusCode, 503);
    assert.deepEqual(actions(), ["deploy"]);
    assert.equal((await deliver()).statusCode, 503, "another delivery may be at it");
    world.pass(6);
    assert.equal((await deliver()).statusCode, 204);
    assert.deepEqual(actions(), ["deploy", "scan"]);
  });

  test("gets nothing from another config", async (context) => {
    const { world, put, deliver, actions } = await open(context, two);
    assert.equal((await deliver(onlyFirst(world))).statusCode, 503);
    put(configOf(action("deploy"), action("lint")));
    for (const seconds of [0, 6, 600]) {
      world.pass(seconds);
      assert.equal((await deliver()).statusCode, 204);
      assert.deepEqual(actions(), ["deploy"]);
    }
  });

  test("gets no new Job for a run that ended after Keptn was asked", async (context) => {
    const tasks = "tasks: [{name: a, image: alpine}, {name: b, image: alpine}]";
    const deployed = `  - {name: deploy, events: [{name: ${type}}], ${tasks}}\n`;
    const { world, deliver } = await open(context, configOf(deployed, action("scan")));
    const { jobs, keptn, timer } = world.ports;
    const send = () => Promise.reject(new IoError("Keptn is away", { retryable: true }));
    assert.equal((await deliver({ keptn: { ...keptn, send } })).statusCode, 503);
    world.pass(600);
    await sweep(world.ports); // announces what nobody announced in time
    const tasksOf = () => world.jobs().map((job) => String(job.metadata?.labels?.[label.task]));
    const touch: typeof timer.touch = async (now) => {
      const first = world.jobs().find(({ metadata }) => metadata?.labels?.[label.task] === "a");
      assert.ok(first);
      world.end(first, { exitCode: 1 });
      await sweep(world.ports);
      assert.deepEqual(tasksOf().sort(), ["a", "scan"]);
      return timer.touch(now);
    };
    const created: unknown[] = [];
    const create: StartJobPorts["jobs"]["create"] = async (job) => {
      const answer = await jobs.create(job);
      if (answer !== "exists") created.push(job.metadata?.name);
      return answer;
    };
    await deliver({ timer: { ...timer, touch }, jobs: { ...jobs, create } });
    assert.deepEqual(created, []);
    assert.equal(world.sent("finished").length, 1);
  });
});
