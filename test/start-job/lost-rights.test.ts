// start-job without permissions: Jobs that it cannot see may be running, so it reports nothing for them.
import assert from "node:assert/strict";
import { describe, type TestContext, test } from "node:test";
import { annotation, label } from "../../functions/lib/core/annotations/annotations.ts";
import type { KeptnEvent } from "../../functions/lib/core/event/keptn-event.ts";
import type { Job } from "../../functions/lib/core/kubernetes.ts";
import { type DeliveryResult, toDeliveryResult } from "../../functions/lib/host/delivery-result.ts";
import { IoError } from "../../functions/lib/io-error.ts";
import { startJob } from "../../functions/start-job/handler.ts";
import { openWorld, type World } from "../doubles/world.ts";

const type = "sh.keptn.event.deployment.triggered";
const header = "apiVersion: v2\nactions:\n";
const action = (name: string, ...tasks: readonly string[]) =>
  `  - {name: ${name}, events: [{name: ${type}}], tasks: [${tasks.join(", ")}]}\n`;
const task = (name: string, namespace = "jobs") => `{name: ${name}, image: alpine, namespace: ${namespace}}`;

/** A config of the project: it is not read at the event's commit. */
const configure = ({ keptn }: World, config: string): void =>
  void keptn.plane.projects.addFiles({ project: "sockshop" } as never, { "job/config.yaml": config });

const open = async (context: TestContext, config: string) => {
  const world = await openWorld(context, { ALLOWED_NAMESPACES: "jobs,others" });
  configure(world, config);
  return { world, event: world.keptn.trigger({ type }) };
};

const forbidden = (verb: string, namespace: string) =>
  new IoError(`jobs.batch is forbidden: cannot ${verb} resource "jobs" in the namespace "${namespace}"`, {
    ...{ retryable: false, httpStatus: 403 },
  });

/** What the API server returns when a RoleBinding is gone. */
const deliver = (world: World, event: KeptnEvent, lost?: string): Promise<DeliveryResult> => {
  const { jobs } = world.ports;
  const list =
    <K>(act: (key: K, namespaces: readonly string[]) => Promise<readonly Job[]>) =>
    async (key: K, namespaces: readonly string[]): Promise<Job[]> => {
      if (lost && namespaces.includes(lost)) throw forbidden("list", lost);
      return [...(await act(key, namespaces))];
    };
  const create: typeof jobs.create = async (job) => {
    if (job.metadata?.namespace === lost) throw forbidden("create", lost ?? "");
    return jobs.create(job);
  };
  const ports = {
    ...world.ports,
    jobs: { ...jobs, create, listRun: list(jobs.listRun), listEvent: list(jobs.listEvent) },
  };
  return toDeliveryResult(ports.log, () => startJob(ports)(event));
};
const jobOf = (world: World, name: string): Job =>
  world.jobs().find(({ metadata }) => metadata?.labels?.[label.task] === name) ?? assert.fail(name);

describe("a redelivered event after start-job lost permissions", () => {
  test("is not reported while its task runs: it is to be retried, and the log names the permission", async (context) => {
    const { world, event } = await open(context, header + action("deploy", task("one")));
    assert.equal((await deliver(world, event)).statusCode, 204);
    assert.equal(jobOf(world, "one").spec?.suspend, false);
    const { statusCode, why } = await deliver(world, event, "jobs");
    assert.equal(statusCode, 503);
    assert.match(why, /cannot list resource "jobs" in the namespace "jobs"\. Grant start-job permission to list Jobs/);
    assert.deepEqual([world.sent("started").length, world.sent("finished").length], [1, 0]);
    assert.equal(world.keptn.counts(event.id)?.state, "current");
    assert.match(
      String(world.keptn.plane.uniform.errorLog.at(-1)?.["message"]),
      /^Cannot tell whether Jobs .* already run/,
    );
    assert.equal((await deliver(world, event)).statusCode, 204, "its rights are back");
    assert.deepEqual([world.sent("started").length, world.sent("finished").length], [1, 0]);
  });

  test("does not end a run that was not announced yet and whose second task is in another namespace", async (context) => {
    const { world, event } = await open(context, header + action("deploy", task("one"), task("two", "others")));
    world.keptn.fault({ on: /^POST v1\/event/, kind: { status: 503 }, times: Number.POSITIVE_INFINITY });
    await deliver(world, event);
    world.keptn.clearFaults();
    world.pass(6);
    assert.equal((await deliver(world, event, "others")).statusCode, 503);
    assert.equal(jobOf(world, "one").metadata?.annotations?.[annotation.refused], undefined);
    assert.equal(world.sent("finished").length, 0);
  });

  test("creates no Jobs of a changed config beside Jobs that it cannot see", async (context) => {
    const { world, event } = await open(context, header + action("deploy", task("one")));
    await deliver(world, event);
    const before = world.jobs().length;
    configure(world, header + action("new", task("zero")) + action("deploy", task("one")));
    const { jobs } = world.ports;
    const listEvent = () => Promise.reject(forbidden("list", "jobs"));
    const ports = { ...world.ports, jobs: { ...jobs, listEvent } };
    assert.equal((await toDeliveryResult(ports.log, () => startJob(ports)(event))).statusCode, 503);
    assert.equal(world.jobs().length, before);
  });

  test("with a config broken since is not reported once Keptn has counted its announcement", async (context) => {
    const { world, event } = await open(context, header + action("deploy", task("one", "others")));
    await deliver(world, event);
    configure(world, `${header}  - {name: deploy, events: [{name: ${type}}], tasks: 5}\n`);
    const { statusCode, why } = await deliver(world, event, "others");
    assert.equal(statusCode, 503);
    assert.match(why, /namespace "others"/);
    assert.equal(world.sent("finished").length, 0);
  });
});

test("an event with a broken config is reported, even if a namespace that it does not name cannot be listed", async (context) => {
  const { world, event } = await open(context, `${header}  - {name: deploy, events: [{name: ${type}}], tasks: 5}\n`);
  assert.equal((await deliver(world, event, "others")).statusCode, 204);
  assert.equal(world.keptn.counts(event.id)?.state, "complete");
});

test("an action in a forbidden namespace is reported at once by the delivery that created the event's first Job", async (context) => {
  const config = header + action("deploy", task("one")) + action("scan", task("two", "others"));
  const { world, event } = await open(context, config);
  assert.equal((await deliver(world, event, "others")).statusCode, 204);
  assert.equal(jobOf(world, "one").spec?.suspend, false);
  assert.deepEqual(
    world.sent("finished").map(({ source, data }) => [source, data["status"]]),
    [["job-executor-service#2", "errored"]],
  );
  assert.match(String(world.sent("finished")[0]?.data["message"]), /cannot create resource "jobs"/);
});

test("an incomplete report for an action without Jobs is completed after a config change, since nobody else would", async (context) => {
  const silent = action("quiet", task("two")).replace("tasks:", "silent: true, tasks:");
  const { world, event } = await open(context, header + action("deploy", task("one", "others")) + silent);
  const dies = { on: /^POST v1\/event/, kind: { status: 503 }, times: Number.POSITIVE_INFINITY } as const;
  const { keptn, ...ports } = world.ports;
  const send: typeof keptn.send = async (sent) => {
    await keptn.send(sent);
    world.keptn.fault(dies); // only the .started event arrives
  };
  const create: typeof ports.jobs.create = async (job) => {
    if (job.metadata?.namespace === "others") throw forbidden("create", "others");
    return ports.jobs.create(job);
  };
  const half = { ...ports, keptn: { ...keptn, send }, jobs: { ...ports.jobs, create } };
  assert.equal((await toDeliveryResult(half.log, () => startJob(half)(event))).statusCode, 503);
  world.keptn.clearFaults();
  configure(world, header + action("deploy", task("changed", "others")) + silent.replace("two", "three"));
  assert.deepEqual([world.sent("started").length, world.sent("finished").length], [1, 0]);
  const { statusCode, why } = await deliver(world, event, "others");
  assert.equal(statusCode, 204, why);
  assert.equal(world.keptn.counts(event.id)?.state, "complete");
  assert.match(String(world.sent("finished")[0]?.data["message"]), /stopped before it could report that/);
});

test("of two actions that were never announced, the one in a forbidden namespace is answered too", async (context) => {
  const silent = action("quiet", task("one")).replace("tasks:", "silent: true, tasks:");
  const config = header + silent + action("deploy", task("two")) + action("scan", task("three", "others"));
  const { world, event } = await open(context, config);
  const { jobs } = world.ports;
  const create: typeof jobs.create = async (job) => {
    if (job.metadata?.labels?.[label.task] === "one") return jobs.create(job);
    throw new IoError("it died", { retryable: true });
  };
  const dying = { ...world.ports, jobs: { ...jobs, create } };
  assert.equal((await toDeliveryResult(dying.log, () => startJob(dying)(event))).statusCode, 503);
  configure(world, config.replace("one", "changed"));
  assert.equal((await deliver(world, event, "others")).statusCode, 503, "somebody may still create Jobs there");
  assert.equal(world.sent("finished").length, 0);
  world.pass(31);
  assert.equal((await deliver(world, event, "others")).statusCode, 204);
  assert.equal(world.keptn.counts(event.id)?.state, "complete");
  assert.deepEqual(
    world.sent("finished").map(({ source }) => source),
    ["job-executor-service", "job-executor-service#3"],
  );
});
