// start-job in its own small world: the effect of each event on Kubernetes and Keptn, however often it is delivered.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { annotation, label } from "../../functions/lib/core/annotations/annotations.ts";
import type { Job } from "../../functions/lib/core/kubernetes.ts";
import { toDeliveryResult } from "../../functions/lib/host/delivery-result.ts";
import { IoError } from "../../functions/lib/io-error.ts";
import { sweep } from "../../functions/lib/run/sweep.ts";
import { type StartJobPorts, startJob } from "../../functions/start-job/handler.ts";
import { openWorld, type World } from "../doubles/world.ts";

const type = "sh.keptn.event.deployment.triggered";

const task = (name: string, more = ""): string => `{name: ${name}, image: alpine${more}}`;
const action = (name: string, tasks: readonly string[], more = ""): string =>
  `  - {name: ${name}, events: [{name: ^${type}$}], tasks: [${tasks.join(", ")}]${more}}\n`;
const configOf = (...actions: readonly string[]): string => `apiVersion: v2\nactions:\n${actions.join("")}`;
const twoTasks = configOf(action("deploy", [task("first"), task("second")]));

const deliver = (world: World, event: unknown, ports: Partial<StartJobPorts> = {}) => {
  const all = { ...world.ports, ...ports };
  return toDeliveryResult(all.log, () => startJob(all)(event));
};

const suspendedOf = (jobs: readonly Job[]) => jobs.map(({ spec }) => spec?.suspend);
const isIdle = (world: World) => {
  assert.deepEqual(world.jobs(), []);
  assert.deepEqual(world.keptn.plane.received, []);
};

describe("an event with a matching action", () => {
  test("creates all Jobs, announces the run once, and releases only the first task", async (context) => {
    const world = await openWorld(context);
    world.configure(twoTasks);
    const event = world.keptn.trigger({ type, labels: { build: "17" } });
    assert.equal((await deliver(world, event)).statusCode, 204);
    assert.deepEqual(suspendedOf(world.jobs()), [false, true]);
    assert.deepEqual(
      world.jobs().map(({ metadata }) => metadata?.labels?.[label.state]),
      ["released", "waiting"],
    );
    assert.deepEqual(world.keptn.counts(event.id), { state: "current", started: 1, finished: 0 });
    const [started] = world.sent("started");
    assert.deepEqual(started?.data, { project: "sockshop", stage: "dev", service: "carts", labels: { build: "17" } });
    assert.ok(world.timer.exists());
    assert.deepEqual(world.notes, ["Announced", "Released"]);
  });

  test("changes nothing when it is redelivered at once, concurrently or late", async (context) => {
    const world = await openWorld(context);
    world.configure(twoTasks);
    const event = world.keptn.trigger({ type });
    const answers = await Promise.all([deliver(world, event), deliver(world, event), deliver(world, event)]);
    world.pass(3600);
    answers.push(await deliver(world, event));
    assert.deepEqual(
      answers.map(({ statusCode }) => statusCode),
      [204, 204, 204, 204],
    );
    assert.deepEqual(suspendedOf(world.jobs()), [false, true]);
    assert.equal(world.sent("started").length, 1);
  });

  test("starts a run for each matching action, each with its own source", async (context) => {
    const world = await openWorld(context);
    world.configure(configOf(action("one", [task("a")]), action("two", [task("b")])));
    const event = world.keptn.trigger({ type });
    await deliver(world, event);
    assert.equal(world.jobs().length, 2);
    assert.deepEqual(
      world.sent("started").map(({ source }) => source),
      ["job-executor-service", "job-executor-service#2"],
    );
  });

  test("runs a silent action without sending anything", async (context) => {
    const world = await openWorld(context);
    world.configure(configOf(action("quiet", [task("a"), task("b")], ", silent: true")));
    await deliver(world, world.keptn.trigger({ type }));
    assert.deepEqual(world.keptn.plane.received, []);
    assert.deepEqual(suspendedOf(world.jobs()), [false, true]);
  });

  test("touches the timer before it creates a Job", async (context) => {
    const world = await openWorld(context);
    world.configure(twoTasks);
    const order: string[] = [];
    const jobs: StartJobPorts["jobs"] = {
      ...world.ports.jobs,
      create: async (job) => {
        order.push("create");
        return world.ports.jobs.create(job);
      },
    };
    const timer: StartJobPorts["timer"] = {
      ...world.timer,
      touch: async (now) => {
        order.push("touch");
        return world.timer.touch(now);
      },
    };
    await deliver(world, world.keptn.trigger({ type }), { jobs, timer });
    assert.deepEqual(order, ["touch", "create", "create"]);
  });

  test("creates no Job when creation comes too late after the timer's touch, and is retried", async (context) => {
    const world = await openWorld(context, { CREATE_GRACE_SECONDS: "60" });
    world.configure(twoTasks);
    const slow = {
      ...world.timer,
      touch: async (now: Date) => {
        await world.timer.touch(now);
        world.pass(21);
        return now;
      },
    };
    const event = world.keptn.trigger({ type });
    assert.equal((await deliver(world, event, { timer: slow })).statusCode, 503);
    isIdle(world);
    assert.equal((await deliver(world, event)).statusCode, 204);
    assert.equal(world.sent("started").length, 1);
  });

  test("creates no Job when Keptn's answer is too old, and is retried", async (context) => {
    const world = await openWorld(context);
    world.configure(twoTasks);
    const event = world.keptn.trigger({ type });
    world.pass(20); // no longer fresh: Keptn is asked
    const keptn: StartJobPorts["keptn"] = {
      ...world.ports.keptn,
      getEventCounts: async (...given) => {
        const count = await world.ports.keptn.getEventCounts(...given);
        world.pass(41);
        return count;
      },
    };
    assert.equal((await deliver(world, event, { keptn })).statusCode, 503);
    assert.deepEqual(world.jobs(), []);
    assert.equal((await deliver(world, event)).statusCode, 204);
    assert.equal(world.sent("started").length, 1);
  });

  test("is completed from Keptn when it is thin", async (context) => {
    const world = await openWorld(context);
    world.configure(twoTasks);
    const { id, source } = world.keptn.trigger({ type });
    const thin = { id, type, source, specversion: "1.0", data: { project: "sockshop" } };
    assert.equal((await deliver(world, thin)).statusCode, 204);
    assert.deepEqual(world.keptn.counts(id), { state: "current", started: 1, finished: 0 });
    const unknown = await deliver(world, { ...thin, id: "unknown" });
    assert.equal(unknown.statusCode, 204);
    assert.match(unknown.why ?? "", /has no open event unknown; .* has no shkeptncontext$/);
    assert.equal(world.jobs().length, 2);
  });
});

describe("an event that starts nothing", () => {
  test("because no action matches: 204, nothing sent, nothing created", async (context) => {
    const world = await openWorld(context);
    world.configure(twoTasks);
    const event = world.keptn.trigger({ type: "sh.keptn.event.test.triggered" });
    assert.equal((await deliver(world, event)).statusCode, 204);
    isIdle(world);
    assert.ok(!world.timer.exists());
  });

  test("because it is malformed: 400 and a line in the log", async (context) => {
    const world = await openWorld(context);
    for (const value of [undefined, "text", {}, { id: "1", type }, { id: "1", type, source: "x", data: {} }]) {
      const answer = await deliver(world, value);
      assert.equal(answer.statusCode, 400);
      assert.equal(world.lines.at(-1)?.message, answer.why);
    }
    isIdle(world);
  });

  test("because it is not Keptn's: 204", async (context) => {
    const world = await openWorld(context);
    const answer = await deliver(world, { id: "1", type: "com.example.thing", source: "x", specversion: "1.0" });
    assert.deepEqual([answer.statusCode, answer.why], [204, "the type com.example.thing is not Keptn's"]);
  });

  const without: Readonly<Record<string, object>> = {
    "sh.keptn.event.configure-monitoring.triggered": { project: "sockshop", service: "carts" },
    "sh.keptn.event.service.create.finished": { project: "sockshop", service: "carts", status: "succeeded" },
    "sh.keptn.event.project.create.started": { project: "sockshop" },
    "sh.keptn.log.error": { message: "something failed", task: "test" },
  };
  for (const [kind, data] of Object.entries(without)) {
    test(`because ${kind} has no stage: 204, no warning`, async (context) => {
      const world = await openWorld(context);
      const event = { id: "1", type: kind, source: "x", specversion: "1.0", shkeptncontext: "c", data };
      const answer = await deliver(world, event);
      assert.equal(answer.statusCode, 204);
      assert.match(String(answer.why), /has no (project and no )?(stage|service)/);
      assert.ok(world.lines.every(({ level }) => level !== "warn" && level !== "error"));
      isIdle(world);
    });
  }

  test("because there is no job config: 204, unless the operator wants a response to every event", async (context) => {
    const world = await openWorld(context);
    world.keptn.plane.projects.repository("sockshop");
    await deliver(world, world.keptn.trigger({ type }));
    isIdle(world);
    const settings = { ...world.ports.settings, ALWAYS_SEND_FINISHED_EVENT: true };
    const event = world.keptn.trigger({ type });
    await deliver(world, event, { settings });
    assert.equal(world.keptn.counts(event.id)?.state, "complete");
    const [finished] = world.sent("finished");
    assert.deepEqual([finished?.data["status"], finished?.data["result"]], ["errored", "fail"]);
    assert.match(String(finished?.data["message"]), /no job\/config\.yaml for service carts, stage dev/);
  });

  test("because Keptn never opened it, with VERIFY_EVENTS", async (context) => {
    const world = await openWorld(context, { VERIFY_EVENTS: "true" });
    world.configure(twoTasks);
    const event = world.keptn.trigger({ type });
    await deliver(world, { ...event, id: "forged" });
    isIdle(world);
    await deliver(world, event);
    assert.equal(world.jobs().length, 2);
  });

  test("because it is redelivered long after it ended and its Jobs are gone", async (context) => {
    const world = await openWorld(context);
    world.configure(twoTasks);
    const event = world.keptn.trigger({ type });
    world.keptn.plane.shipyard.abort(event.shkeptncontext);
    world.pass(3600);
    assert.equal((await deliver(world, event)).why, "Keptn no longer waits for it");
    isIdle(world);
  });
});

describe("a config that cannot run", () => {
  const broken = configOf(action("deploy", ["{name: first, imagee: alpine}", task("second", ", cmd: {a: b}")]));

  test("is reported once with every problem, line and column, and nothing is created", async (context) => {
    const world = await openWorld(context);
    world.configure(broken);
    const event = world.keptn.trigger({ type });
    await deliver(world, event);
    await deliver(world, event);
    assert.deepEqual(world.jobs(), []);
    assert.equal(world.keptn.counts(event.id)?.state, "complete");
    assert.deepEqual([world.sent("started").length, world.sent("finished").length], [1, 1]);
    const message = String(world.sent("finished")[0]?.data["message"]);
    assert.match(message, /^job\/config\.yaml:3:\d+ error unknown-key: .*Did you mean `image`\?$/m);
    assert.match(message, /^job\/config\.yaml:3:\d+ error missing-image: /m);
    assert.match(message, /^job\/config\.yaml:3:\d+ error wrong-type: .*cmd is a map/m);
  });

  test("is not reported for other events, and goes to Keptn's error log when nothing can be read", async (context) => {
    const world = await openWorld(context);
    world.configure(broken);
    await deliver(world, world.keptn.trigger({ type: "sh.keptn.event.test.triggered" }));
    isIdle(world);
    world.configure("a: [");
    await deliver(world, world.keptn.trigger({ type }));
    isIdle(world);
    assert.match(String(world.keptn.plane.uniform.errorLog.at(-1)?.["message"]), /yaml-syntax/);
  });

  test("is refused as a whole when one of its tasks breaks a rule of the operator", async (context) => {
    const world = await openWorld(context, { ALLOWED_IMAGE_LIST: "ghcr.io/ours/*" });
    world.configure(configOf(action("deploy", ["{name: first, image: ghcr.io/ours/tool}", task("second")])));
    await deliver(world, world.keptn.trigger({ type }));
    assert.deepEqual(world.jobs(), []);
    assert.match(String(world.sent("finished")[0]?.data["message"]), /image-not-allowed: .*"alpine"/);
  });

  test("is refused when Kubernetes accepts its first Job but not its second", async (context) => {
    const world = await openWorld(context);
    world.configure(twoTasks);
    const jobs: StartJobPorts["jobs"] = {
      ...world.ports.jobs,
      create: async (job) => {
        if (job.metadata?.labels?.[label.taskIndex] === "0") return world.ports.jobs.create(job);
        throw new IoError("exceeded quota: jobs", { retryable: false, httpStatus: 403 });
      },
    };
    const event = world.keptn.trigger({ type });
    await deliver(world, event, { jobs });
    assert.deepEqual(world.jobs(), []);
    assert.deepEqual([world.sent("started").length, world.sent("finished").length], [1, 1]);
    assert.match(String(world.sent("finished")[0]?.data["message"]), /Action 'deploy' cannot run: exceeded quota/);
  });
});

describe("a permanent failure", () => {
  test("of reading the job config goes to Keptn's error log: nobody knows whose event it is", async (context) => {
    const world = await openWorld(context);
    world.configure(twoTasks);
    world.keptn.fault({ on: /resource-service/, kind: { status: 403, body: '{"message":"not allowed"}' } });
    assert.equal((await deliver(world, world.keptn.trigger({ type }))).statusCode, 204);
    isIdle(world);
    assert.match(String(world.keptn.plane.uniform.errorLog.at(-1)?.["message"]), /403, not allowed/);
  });

  test("of the timer is reported: no run may be without one", async (context) => {
    const world = await openWorld(context);
    world.configure(twoTasks);
    const touch = () => Promise.reject(new IoError("pingsources is forbidden", { retryable: false, httpStatus: 403 }));
    const event = world.keptn.trigger({ type });
    assert.equal((await deliver(world, event, { timer: { ...world.timer, touch } })).statusCode, 204);
    assert.deepEqual(world.jobs(), []);
    assert.equal(world.keptn.counts(event.id)?.state, "complete");
    assert.match(String(world.sent("finished")[0]?.data["message"]), /timer: pingsources is forbidden/);
  });
});

describe("a failing Keptn", () => {
  test("that cannot deliver the job config: 503, and the redelivered event runs", async (context) => {
    const world = await openWorld(context);
    world.configure(twoTasks);
    const event = world.keptn.trigger({ type });
    world.keptn.fault({ on: /resource-service/, kind: { status: 503 }, times: Number.POSITIVE_INFINITY });
    assert.equal((await deliver(world, event)).statusCode, 503);
    isIdle(world);
    world.keptn.clearFaults();
    assert.equal((await deliver(world, event)).statusCode, 204);
    assert.equal(world.sent("started").length, 1);
  });

  test("with a lost response to .started is asked before anything is sent again", async (context) => {
    const world = await openWorld(context);
    world.configure(twoTasks);
    const event = world.keptn.trigger({ type });
    world.keptn.fault({ on: /^POST v1\/event/, kind: "reset", afterEffect: true });
    assert.equal((await deliver(world, event)).statusCode, 503);
    assert.deepEqual(suspendedOf(world.jobs()), [true, true]);
    assert.equal((await deliver(world, event)).statusCode, 204); // its creator may still be working on it
    assert.deepEqual(suspendedOf(world.jobs()), [true, true]);
    world.pass(world.ports.settings.CLAIM_LEASE_SECONDS + 1);
    assert.equal((await deliver(world, event)).statusCode, 204);
    assert.deepEqual(suspendedOf(world.jobs()), [false, true]);
    assert.deepEqual(world.keptn.counts(event.id), { state: "current", started: 1, finished: 0 });
    assert.equal(world.sent("started").length, 1);
  });

  test("that refuses .started for good: the run is abandoned, and its Jobs are deleted", async (context) => {
    const world = await openWorld(context);
    world.configure(twoTasks);
    world.keptn.fault({ on: /^POST v1\/event/, kind: { status: 400, body: '{"message":"no such stage"}' } });
    const event = world.keptn.trigger({ type });
    assert.equal((await deliver(world, event)).statusCode, 204);
    assert.deepEqual(world.jobs(), []);
    assert.match(
      String(world.keptn.plane.uniform.errorLog.at(-1)?.["message"]),
      /refuses its started event: .*no such stage/,
    );
  });

  test("that aborted the sequence in the meantime: nothing is sent, and the Jobs are deleted", async (context) => {
    const world = await openWorld(context);
    world.configure(twoTasks);
    const event = world.keptn.trigger({ type });
    world.keptn.fault({ on: /^POST v1\/event/, kind: "reset" });
    assert.equal((await deliver(world, event)).statusCode, 503);
    world.keptn.plane.shipyard.abort(event.shkeptncontext);
    world.pass(world.ports.settings.CLAIM_LEASE_SECONDS + 1);
    await sweep(world.ports);
    assert.equal(world.jobs().length, 2, "one answer is no reason to give a run up");
    world.pass(60);
    await sweep(world.ports);
    isIdle(world);
    const said = world.lines.find(({ message }) => /'.*' was not run: Keptn no longer waits/.test(message));
    assert.equal(said?.level, "error");
    assert.match(String(world.keptn.plane.uniform.errorLog.at(-1)?.["message"]), /was not run: Keptn no longer waits/);
  });
});

test("a run that a crash left without its second Job is completed by the next delivery", async (context) => {
  const world = await openWorld(context);
  world.configure(twoTasks);
  const event = world.keptn.trigger({ type });
  const jobs: StartJobPorts["jobs"] = {
    ...world.ports.jobs,
    create: async (job) => {
      if (job.metadata?.labels?.[label.taskIndex] === "0") return world.ports.jobs.create(job);
      throw new IoError("the connection was lost", { retryable: true });
    },
  };
  assert.equal((await deliver(world, event, { jobs })).statusCode, 503);
  assert.equal(world.jobs()[0]?.metadata?.annotations?.[annotation.announced], "");
  world.pass(world.ports.settings.CLAIM_LEASE_SECONDS + 1);
  assert.equal((await deliver(world, event)).statusCode, 204);
  assert.deepEqual(suspendedOf(world.jobs()), [false, true]);
  assert.equal(world.sent("started").length, 1);
});
