// Two actions of one event: Keptn's task is not complete before both have run, whatever happens to their announcements.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { describe, type TestContext, test } from "node:test";
import { finishTask } from "../../../functions/finish-task/handler.ts";
import { annotation, label } from "../../../functions/lib/core/annotations/annotations.ts";
import type { KeptnEvent } from "../../../functions/lib/core/event/keptn-event.ts";
import type { Job } from "../../../functions/lib/core/kubernetes.ts";
import { type DeliveryResult, toDeliveryResult } from "../../../functions/lib/host/delivery-result.ts";
import { IoError } from "../../../functions/lib/io-error.ts";
import type { SweepPorts } from "../../../functions/lib/run/sweep.ts";
import { type StartJobPorts, startJob } from "../../../functions/start-job/handler.ts";
import { openWorld, type World } from "../../doubles/world.ts";

const type = "sh.keptn.event.deployment.triggered";
const action = (name: string, more = "") =>
  `  - {name: ${name}, events: [{name: ^${type}$}], tasks: [{name: ${name}, image: alpine}]${more}}\n`;
const twoActions = `apiVersion: v2\nactions:\n${action("deploy")}${action("scan")}`;

type Faulty = (world: World) => Partial<StartJobPorts>;

const open = async (context: TestContext, config = twoActions) => {
  const world = await openWorld(context);
  world.configure(config);
  return { world, event: world.keptn.trigger({ type }) };
};
const start = ({ ports }: World, event: KeptnEvent, faulty: Partial<StartJobPorts> = {}): Promise<DeliveryResult> => {
  const all = { ...ports, ...faulty };
  return toDeliveryResult(all.log, () => startJob(all)(event));
};
const finish = ({ ports }: World, event: unknown, faulty: Partial<SweepPorts> = {}): Promise<DeliveryResult> => {
  const all = { ...ports, ...faulty };
  return toDeliveryResult(all.log, () => finishTask(all, new Set())(event));
};
const sweep = (world: World, minutes = 1) => {
  const one = async (): Promise<void> => {
    world.pass(60);
    await finish(world, { type: "dev.knative.sources.ping", data: { action: "sweep" } });
  };
  return Array.from({ length: minutes }).reduce<Promise<void>>((before) => before.then(one), Promise.resolve());
};
const isOf = (job: Job, name: string) => job.metadata?.labels?.[label.action] === name;
const jobOf = (world: World, name: string): Job => world.jobs().find((job) => isOf(job, name)) ?? assert.fail(name);
const end = (world: World, name: string, exitCode = 0, faulty: Partial<SweepPorts> = {}) => {
  world.end(jobOf(world, name), { exitCode });
  const data = { apiVersion: "batch/v1", kind: "Job", ...jobOf(world, name) };
  const type = "dev.knative.apiserver.resource.update";
  return finish(world, { ...{ specversion: "1.0", id: randomUUID(), source: "x", type }, data }, faulty);
};
const onlyFor = (name: string, fault: IoError, world: World): Partial<StartJobPorts> => ({
  jobs: {
    ...world.ports.jobs,
    create: async (job) => {
      if (isOf(job, name)) throw fault;
      return world.ports.jobs.create(job);
    },
  },
});
const errorsOf = (world: World) => world.keptn.plane.uniform.errorLog.map((entry) => String(entry["message"]));

/** The second action is announced late, or its announcement is uncertain; the first one is fast. */
const faults: Readonly<Record<string, Faulty>> = {
  "whose .started is lost on its way": (world) => ({
    keptn: {
      ...world.ports.keptn,
      send: async (event) => {
        if (!event.source.endsWith("#2")) return world.ports.keptn.send(event);
        throw new IoError("Keptn POST v1/event: 502, text/html.", {
          retryable: true,
          outcomeUnknown: true,
          httpStatus: 502,
        });
      },
    },
  }),
  "whose Job the API server fails to create": (world) =>
    onlyFor("scan", new IoError("500 failed calling webhook", { retryable: true, outcomeUnknown: true }), world),
  "whose Job is created twice, since the first answer was lost": (world) => ({
    jobs: {
      ...world.ports.jobs,
      create: async (job) => {
        const created = await world.ports.jobs.create(job);
        return isOf(job, "scan") ? "exists" : created;
      },
    },
  }),
};

describe("an action", () => {
  for (const [name, faulty] of Object.entries(faults)) {
    test(`${name} runs before the event is complete`, async (context) => {
      const { world, event } = await open(context);
      await start(world, event, faulty(world));
      world.pass(6);
      await start(world, event);
      world.pass(1);
      if (world.jobs().find((job) => isOf(job, "deploy"))?.spec?.suspend) await sweep(world);
      await end(world, "deploy");
      assert.equal(world.keptn.counts(event.id)?.state, "current", "Keptn went on without the second action");
      await sweep(world, 3);
      assert.equal(jobOf(world, "scan").spec?.suspend, false, "it was not released");
      assert.equal(world.keptn.counts(event.id)?.state, "current");
      await end(world, "scan", 1);
      assert.deepEqual(
        [world.keptn.counts(event.id)?.state, world.keptn.counts(event.id)?.result?.result],
        ["complete", "fail"],
      );
      assert.equal(world.sent("started").length, 2);
    });
  }

  test("is announced by the report of its sibling once the lease has expired", async (context) => {
    const { world, event } = await open(context);
    await start(world, event, faults["whose .started is lost on its way"]?.(world));
    world.pass(world.ports.settings.CLAIM_LEASE_SECONDS + 1);
    await end(world, "deploy");
    assert.equal(jobOf(world, "scan").spec?.suspend, false);
    assert.equal(world.sent("finished").length, 1);
    await end(world, "scan");
    assert.equal(world.keptn.counts(event.id)?.result?.result, "pass");
  });

  test("that Kubernetes refused is reported by its sibling if start-job could not, even without permission to list its Jobs", async (context) => {
    const { world, event } = await open(context);
    const forbidden = new IoError("jobs.batch is forbidden", { retryable: false, httpStatus: 403 });
    const { jobs, keptn } = world.ports;
    const send: typeof keptn.send = async (sent) => {
      if (sent.type.endsWith(".finished"))
        throw new IoError("Keptn POST v1/event: no connection.", { retryable: true });
      return keptn.send(sent);
    };
    const { statusCode } = await start(world, event, {
      ...onlyFor("scan", forbidden, world),
      keptn: { ...keptn, send },
    });
    assert.deepEqual([statusCode, world.keptn.counts(event.id)?.started], [503, 2]);
    world.pass(world.ports.settings.CREATE_GRACE_SECONDS + 1);
    const own = jobOf(world, "deploy").metadata?.labels?.[label.run];
    const listRun: typeof jobs.listRun = async (runId, ...rest) => {
      if (runId === own) return jobs.listRun(runId, ...rest);
      throw forbidden;
    };
    await end(world, "deploy", 0, { jobs: { ...jobs, listRun } });
    assert.deepEqual(
      [world.keptn.counts(event.id)?.state, world.keptn.counts(event.id)?.result?.result],
      ["complete", "fail"],
    );
  });

  test("whose Jobs cannot be listed for a moment is not reported by its sibling", async (context) => {
    const { world, event } = await open(context);
    await start(world, event, faults["whose .started is lost on its way"]?.(world));
    world.pass(world.ports.settings.CREATE_GRACE_SECONDS + 1);
    let refusals = 0;
    const { jobs } = world.ports;
    const listRun: typeof jobs.listRun = async (runId, ...rest) => {
      if (runId !== jobOf(world, "scan").metadata?.labels?.[label.run] || refusals++ > 0)
        return jobs.listRun(runId, ...rest);
      throw new IoError("jobs.batch is forbidden", { retryable: false, httpStatus: 403 });
    };
    await end(world, "deploy", 0, { jobs: { ...jobs, listRun } });
    assert.ok(refusals > 1);
    assert.deepEqual(
      world.sent("finished").map(({ source }) => source),
      ["job-executor-service"],
    );
    await end(world, "scan");
    assert.equal(world.keptn.counts(event.id)?.result?.result, "pass");
  });

  test("that was never created is reported as errored once nobody can create it any more", async (context) => {
    const { world, event } = await open(context);
    await start(world, event, faults["whose Job the API server fails to create"]?.(world));
    await sweep(world);
    await end(world, "deploy");
    await sweep(world);
    assert.equal(world.sent("finished").length, 0, "start-job may still create it");
    await sweep(world, 5);
    const { state, result } = world.keptn.counts(event.id) ?? {};
    assert.deepEqual([state, result?.result], ["complete", "fail"]);
    assert.ok(errorsOf(world).some((message) => /'scan' did not come to its end/.test(message)));
    assert.deepEqual(
      world.sent("finished").map(({ source, data }) => [source, data["status"]]),
      [
        ["job-executor-service#2", "errored"],
        ["job-executor-service", "succeeded"],
      ],
    );
  });

  test("that Kubernetes refuses is reported once the other one is announced, and the other one runs", async (context) => {
    const { world, event } = await open(context);
    const refused = new IoError("exceeded quota", { retryable: false, httpStatus: 403 });
    assert.equal((await start(world, event, onlyFor("scan", refused, world))).statusCode, 204);
    const counts = world.keptn.counts(event.id);
    assert.deepEqual([counts?.state, counts?.started, counts?.finished], ["current", 2, 1]);
    await end(world, "deploy");
    assert.equal(world.keptn.counts(event.id)?.result?.result, "fail");
  });

  test("that Kubernetes refuses is reported by start-job alone, even when the other one ends in between", async (context) => {
    const { world, event } = await open(
      context,
      `apiVersion: v2\nactions:\n${["deploy", "scan", "test"].map((name) => action(name)).join("")}`,
    );
    const refused = new IoError("exceeded quota", { retryable: false, httpStatus: 403 });
    const { send } = world.ports.keptn;
    const keptn = {
      ...world.ports.keptn,
      send: async (sent: Parameters<typeof send>[0]) => {
        if (sent.type.endsWith(".finished")) await end(world, "deploy");
        await send(sent);
      },
    };
    assert.equal((await start(world, event, { ...onlyFor("scan", refused, world), keptn })).statusCode, 204);
    await sweep(world, 2);
    assert.deepEqual(
      world.sent("finished").map(({ source }) => source),
      ["job-executor-service#2", "job-executor-service"],
    );
    assert.equal(world.keptn.counts(event.id)?.state, "current", "Keptn went on without the third action");
    await end(world, "test");
    assert.equal(world.keptn.counts(event.id)?.state, "complete");
  });

  test("that Kubernetes refuses is not reported if another delivery has created its Jobs since", async (context) => {
    const { world, event } = await open(context);
    const { jobs } = world.ports;
    let [refused, elsewhere]: Job[] = [];
    const create: typeof jobs.create = async (job) => {
      if (!isOf(job, "scan")) return jobs.create(job);
      refused = job;
      throw new IoError("exceeded quota", { retryable: false, httpStatus: 403 });
    };
    const listEvent: typeof jobs.listEvent = async (...of) => {
      if (refused && !elsewhere) {
        elsewhere = refused;
        await jobs.create(refused);
      }
      return jobs.listEvent(...of);
    };
    await start(world, event, { jobs: { ...jobs, create, listEvent } });
    assert.ok(elsewhere);
    assert.deepEqual(world.sent("finished"), []);
    assert.equal(jobOf(world, "deploy").metadata?.annotations?.[annotation.refusedSiblings], undefined);
  });

  test("that Kubernetes refuses together with its sibling is reported together with it", async (context) => {
    const { world, event } = await open(context);
    const create = () => Promise.reject(new IoError("exceeded quota", { retryable: false, httpStatus: 403 }));
    assert.equal((await start(world, event, { jobs: { ...world.ports.jobs, create } })).statusCode, 204);
    const counts = world.keptn.counts(event.id);
    assert.deepEqual([counts?.state, counts?.started, counts?.finished], ["complete", 2, 2]);
  });

  test("is not waited for in a run of version 0.1.0, which notes no siblings", async (context) => {
    const { world, event } = await open(context);
    await start(world, event, faults["whose .started is lost on its way"]?.(world));
    const { metadata } = jobOf(world, "deploy");
    const { siblings, ...chain } = JSON.parse(metadata?.annotations?.[annotation.spec] ?? "");
    assert.equal(siblings.length, 1);
    const ref = { namespace: "jobs", name: metadata?.name ?? "", uid: metadata?.uid ?? "" };
    await world.ports.jobs.patch(ref, { annotations: { [annotation.spec]: JSON.stringify(chain) } });
    await end(world, "deploy");
    assert.equal(world.keptn.counts(event.id)?.state, "complete");
  });
});

test("nothing is announced before all Jobs of an event exist", async (context) => {
  const { world, event } = await open(context);
  assert.equal(
    (await start(world, event, faults["whose Job the API server fails to create"]?.(world))).statusCode,
    503,
  );
  assert.equal(world.sent("started").length, 0);
  assert.ok(world.jobs().every((job) => job.spec?.suspend));
});

test("nothing waits for a silent action", async (context) => {
  const { world, event } = await open(
    context,
    `apiVersion: v2\nactions:\n${action("deploy")}${action("scan", ", silent: true")}`,
  );
  await start(world, event);
  await end(world, "deploy");
  assert.equal(world.keptn.counts(event.id)?.state, "complete");
});
