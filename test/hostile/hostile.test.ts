// Whoever can reach a function, write a job config or run a task may send it what he likes: it says what is wrong with it, and goes on.
import assert from "node:assert/strict";
import { after, afterEach, before, describe, test } from "node:test";
import { label } from "../../functions/lib/core/annotations/annotations.ts";
import type { Job } from "../../functions/lib/core/kubernetes.ts";
import { stateOf } from "../../functions/lib/core/run/run-state.ts";
import { until } from "../cluster/harness/world.ts";
import { requestOfChange, requestOfEvent, requestOfSweep } from "../doubles/requests.ts";
import { forgeriesOf, hostileEvents } from "./events.ts";
import { forgedChanges, forgedNotes, requestOfForged } from "./job-changes.ts";
import { hostileConfigs } from "./job-configs.ts";
import { hostileOutputs } from "./outputs.ts";
import { send } from "./send.ts";
import { goodConfig, type HostileWorld, openHostileWorld } from "./world.ts";

describe("hostile input", () => {
  let world: HostileWorld;
  before(async () => {
    world = await openHostileWorld();
    await world.runWell();
  });
  after(async () => {
    await world.close();
  });
  afterEach(() => world.runWell());

  describe("an event", () => {
    for (const { what, request, status, says, onlyStartJob } of hostileEvents) {
      for (const name of ["startJob", "finishTask"] as const) {
        if (onlyStartJob && name === "finishTask") continue;
        test(`${what} is answered with ${status} by ${name}`, async () => {
          const to = world[name];
          const lines = to.lines.length;
          const jobs = world.kubernetes.jobs().length;
          const sent = world.keptn.plane.received.length;
          const answer = await send(to.url, request);
          const said = () => answer.body + to.lines.slice(lines).join("\n");
          if (answer.status === 0) await until("its refusal", () => said().includes(`refused POST /: ${status}`));
          else assert.equal(answer.status, status, said().slice(0, 3000));
          assert.ok(!said().includes("a bug"), said().slice(0, 3000));
          if (status === 204) assert.equal(answer.body, "");
          else await until("a line in the log", () => to.lines.length > lines, 5);
          if (says) assert.match(said(), says);
          for (const line of to.lines.slice(lines)) assert.ok(line.length < 20_000, line.slice(0, 200));
          assert.equal(world.kubernetes.jobs().length, jobs);
          assert.equal(world.keptn.plane.received.length, sent);
        });
      }
    }
  });

  test("an event under a true id, with more than that forged, runs as Keptn has it where VERIFY_EVENTS asks", async () => {
    const verifying = await world.startAnother({ VERIFY_EVENTS: "true" });
    const config = goodConfig.replace("image:", "env: [{name: SAYS, valueFrom: event, value: $.data.says}], image:");
    try {
      for (const [what, index] of forgeriesOf(world.eventOf(config)).map(([name], at) => [name, at] as const)) {
        const event = world.eventOf(config, { data: { says: "Keptn" } });
        const [, forged] = forgeriesOf(event)[index]!;
        const before = world.kubernetes.jobs().length;
        assert.equal((await send(verifying.url, requestOfEvent({ ...forged }))).status, 204, what);
        const created = world.kubernetes.jobs().slice(before);
        assert.doesNotMatch(JSON.stringify(created), /forged/, what);
        assert.equal(created.length, 1, what);
        await world.finishedOf(event);
      }
    } finally {
      await verifying.stop();
    }
  });

  describe("a change of a Job that", () => {
    let jobs: readonly [Job, Job];
    before(async () => {
      jobs = await Promise.all([runOn(), runOn()]);
    });
    /** A run that does not end by itself. */
    const runOn = async (): Promise<Job> => {
      const event = world.eventOf(goodConfig, { service: `slow-${Math.random()}` });
      world.fates.set(event.data.service, { afterMs: 1e8 });
      assert.equal((await send(world.startJob.url, requestOfEvent({ ...event }))).status, 204);
      const [job] = world.jobsOf(event);
      assert.ok(job && job.spec?.suspend === false);
      return job;
    };
    for (const change of forgedChanges) {
      test(`${change.what} changes nothing, and costs no more than one request`, async () => {
        const { kubernetes, keptn, finishTask } = world;
        const before = {
          calls: kubernetes.calls.length,
          sent: keptn.plane.received.length,
          lines: finishTask.lines.length,
        };
        const answer = await send(finishTask.url, requestOfForged(change, ...jobs));
        assert.equal(answer.status, change.status, answer.body);
        const calls = kubernetes.calls.slice(before.calls);
        const looks = calls.filter((call) => /^GET .*\/jobs$/.test(call));
        assert.ok(looks.length <= 1, looks.join());
        for (const { metadata } of jobs)
          assert.deepEqual(
            calls.filter((call) => call.includes(metadata?.name ?? "")),
            [],
          );
        assert.equal(keptn.plane.received.length, before.sent);
        for (const job of jobs) {
          const now = kubernetes.jobs().find(({ metadata }) => metadata?.uid === job.metadata?.uid);
          assert.deepEqual(now?.metadata, { ...job.metadata, resourceVersion: now?.metadata?.resourceVersion });
        }
      });
    }

    test("is true, but comes again and again, changes nothing any more", async () => {
      const event = world.eventOf(goodConfig);
      const request = requestOfEvent({ ...event });
      await send(world.startJob.url, request);
      await world.finishedOf(event);
      await until("its Jobs are let go", () => world.jobsOf(event).every((job) => stateOf(job) === "reported"));
      const [job] = world.jobsOf(event);
      const received = world.keptn.plane.received.length;
      for (let n = 0; n < 20; n++) {
        assert.equal((await send(world.startJob.url, request)).status, 204);
        for (const verb of ["add", "update", "delete"] as const) {
          const change = {
            ...job,
            metadata: { ...job?.metadata, labels: { ...job?.metadata?.labels, [label.state]: "released" } },
          };
          assert.equal((await send(world.finishTask.url, requestOfChange(verb, change))).status, 204);
        }
        assert.equal((await send(world.finishTask.url, requestOfSweep())).status, 204);
      }
      assert.equal(world.keptn.plane.received.length, received);
      assert.deepEqual(
        world.jobsOf(event).map(({ metadata }) => metadata),
        [job?.metadata],
      );
    });

    test("is of a Job that carries our labels and nonsense does not keep a sweep from the others", async () => {
      const { kubernetes, finishTask } = world;
      const labels = { [label.managedBy]: "job-executor-service", [label.state]: "released" };
      for (const [index, annotations] of forgedNotes.entries()) {
        const metadata = {
          name: `forged-${index}`,
          namespace: "jobs",
          labels: { ...labels, [label.run]: `forged-${index}` },
          annotations,
        };
        kubernetes.store.create("/apis/batch/v1/namespaces/jobs/jobs", {
          metadata,
          spec: { suspend: true },
          status: {},
        });
      }
      const answer = await send(finishTask.url, requestOfSweep());
      assert.deepEqual(answer, { status: 204, body: "" });
      await until(
        "it says how many it left alone",
        () =>
          finishTask.lines.filter((line) => line.includes("ignored Jobs with our labels")).length >= forgedNotes.length,
      );
    });
  });

  describe("a job config with", () => {
    for (const { what, config, event: given = {}, ends, says = /./ } of hostileConfigs) {
      test(`${what}: ${ends}`, async () => {
        const { keptn, kubernetes, startJob } = world;
        const before = { logged: keptn.plane.uniform.errorLog.length, jobs: kubernetes.jobs().length };
        const event = world.eventOf(config, given);
        const lines = startJob.lines.length;
        const answer = await send(startJob.url, requestOfEvent({ ...event }));
        const said = () => startJob.lines.slice(lines).join("\n");
        assert.deepEqual(answer, { status: 204, body: "" }, said());
        const created = kubernetes.jobs().length - before.jobs;
        const logged = keptn.plane.uniform.errorLog.slice(before.logged);
        if (ends === "runs") {
          assert.ok(created > 0, said());
          return void (await world.finishedOf(event));
        }
        assert.equal(created, 0);
        if (ends === "errored") {
          const finished = await world.finishedOf(event);
          assert.equal(finished["status"], "errored");
          assert.match(String(finished["message"]), says);
        } else assert.deepEqual(keptn.counts(event.id)?.started, 0);
        assert.equal(logged.length, ends === "ignored" ? 0 : 1, said());
        if (ends === "logged") assert.match(String(logged[0]?.["message"]), says);
      });
    }
  });

  describe("a task that writes", () => {
    for (const { what, fate, says, data = {} } of hostileOutputs) {
      test(`${what} is reported in clean text that is not too large`, async () => {
        const event = world.eventOf(goodConfig);
        world.fates.set(event.data.service, fate);
        assert.equal((await send(world.startJob.url, requestOfEvent({ ...event }))).status, 204);
        const finished = await world.finishedOf(event);
        const message = String(finished["message"]);
        assert.match(message, says);
        assert.doesNotMatch(message, /[^\P{Cc}\n\t]/u);
        assert.ok(Buffer.byteLength(JSON.stringify(finished)) < 48 * 1024);
        for (const [name, value] of Object.entries(data)) assert.deepEqual(finished[name], value);
      });
    }
  });

  test("took no function more than 200 MiB of memory at any time", () => {
    const most = world.mostMemory();
    console.log(`# at most ${most.map(Math.round).join(" and ")} MiB`);
    assert.ok(Math.max(...most) < 200, most.join());
  });
});
