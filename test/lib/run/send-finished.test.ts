// How a report and Keptn's counts come to agree when Keptn drops events, counts them late, or fails in between.
import assert from "node:assert/strict";
import { describe, type TestContext, test } from "node:test";
import { finishTask } from "../../../functions/finish-task/handler.ts";
import { annotation } from "../../../functions/lib/core/annotations/annotations.ts";
import type { KeptnEvent } from "../../../functions/lib/core/event/keptn-event.ts";
import type { OutgoingEvent } from "../../../functions/lib/core/event/outgoing-event.ts";
import type { Job } from "../../../functions/lib/core/kubernetes.ts";
import { type DeliveryResult, toDeliveryResult } from "../../../functions/lib/host/delivery-result.ts";
import { IoError } from "../../../functions/lib/io-error.ts";
import type { EventCounts, Keptn } from "../../../functions/lib/keptn/ports.ts";
import type { SweepPorts } from "../../../functions/lib/run/sweep.ts";
import { startJob } from "../../../functions/start-job/handler.ts";
import { openWorld, type World } from "../../doubles/world.ts";

const type = "sh.keptn.event.deployment.triggered";
const config = `apiVersion: v2
actions:
  - {name: deploy, events: [{name: ^${type}$}], tasks: [{name: one, image: alpine}, {name: two, image: alpine}]}
`;

const counts = (started: number, finished: number): EventCounts => ({
  ...{ kind: "current", started, finished },
  bySource: new Map([["job-executor-service", { started, finished }]]),
});

interface Begun {
  readonly world: World;
  readonly event: KeptnEvent;
  readonly first: Job;
}

/** A run whose first task has failed, unnoticed so far. */
const begin = async (context: TestContext): Promise<Begun> => {
  const world = await openWorld(context);
  world.configure(config);
  const event = world.keptn.trigger({ type });
  await startJob(world.ports)(event);
  const [first] = world.jobs();
  assert.ok(first);
  world.end(first, { exitCode: 1 });
  return { world, event, first };
};

const sweepWith = (world: World, ports: Partial<SweepPorts> = {}) => {
  const all = { ...world.ports, ...ports };
  return toDeliveryResult(all.log, () =>
    finishTask(all, new Set())({ type: "dev.knative.sources.ping", data: { action: "sweep" } }),
  );
};
const change = ({ world }: Begun, ports: Partial<SweepPorts>, respondEarly?: (answer: DeliveryResult) => void) => {
  const all = { ...world.ports, ...ports };
  const event = { type: "dev.knative.apiserver.resource.update", data: { kind: "Job", ...world.jobs()[0] } };
  return toDeliveryResult(all.log, () => finishTask(all, new Set())(event, respondEarly));
};
const claimOf = ({ world }: Begun) => world.jobs()[0]?.metadata?.annotations?.[annotation.claim];
const lease = ({ world }: Begun) => world.pass(world.ports.settings.CLAIM_LEASE_SECONDS + 1);
const state = ({ world, event }: Begun) => world.keptn.counts(event.id);

/** Keptn accepts events of this kind and forgets them. */
const forgetting = ({ world }: Begun, kind: string): Keptn => ({
  ...world.ports.keptn,
  send: async (event) => {
    if (!event.type.endsWith(kind)) await world.ports.keptn.send(event);
  },
});

/** The event stays open, and every second request for its counts fails. */
const failingEachSecond = ({ world }: Begun, answer: () => Promise<EventCounts>) => {
  let asked = 0;
  const getEventCounts = async (): Promise<EventCounts> => {
    asked += 1;
    if (asked % 2 === 0) throw new IoError("Keptn is away", { retryable: true });
    return answer();
  };
  const keptn: Keptn = { ...world.ports.keptn, getEventCounts, isOpen: async () => true };
  return { keptn, asked: () => asked };
};

describe("a .finished that Keptn accepted", () => {
  test("but forgot is sent again when the lease has expired", async (context) => {
    const run = await begin(context);
    assert.equal((await change(run, { keptn: forgetting(run, ".finished") })).statusCode, 503);
    assert.deepEqual(state(run), { state: "current", started: 1, finished: 0 });
    assert.equal(run.world.jobs()[0]?.metadata?.annotations?.[annotation.reported], "");
    await sweepWith(run.world);
    assert.equal(state(run)?.state, "current");
    lease(run);
    await sweepWith(run.world);
    assert.equal(state(run)?.state, "complete");
  });

  test("is not sent again while it may still be counted: a failed count does not release the lease", async (context) => {
    const run = await begin(context);
    let asked = 0;
    const keptn: Keptn = {
      ...forgetting(run, ".finished"),
      getEventCounts: async (event, source) => {
        asked += 1;
        if (asked > 1) throw new IoError("Keptn is away", { retryable: true });
        return run.world.ports.keptn.getEventCounts(event, source);
      },
    };
    assert.equal((await change(run, { keptn })).statusCode, 503);
    assert.match(claimOf(run) ?? "", /claimant-/);
    asked = 2;
    assert.equal((await change(run, { keptn })).statusCode, 204); // somebody else holds the lease
  });
});

describe("the delivery of a Job change", () => {
  const watched = (run: Begun, keptn: Keptn) => {
    const answers: {
      readonly answer: DeliveryResult;
      readonly finished: number;
      readonly reported: string | undefined;
    }[] = [];
    const early = (answer: DeliveryResult) => {
      const reported = run.world.jobs()[0]?.metadata?.annotations?.[annotation.reported];
      answers.push({ answer, finished: run.world.sent("finished").length, reported });
    };
    return { answers, last: change(run, { keptn }, early) };
  };

  test("gets its response when Keptn has accepted the report, before it is counted", async (context) => {
    const run = await begin(context);
    const { answers, last } = watched(run, run.world.ports.keptn);
    assert.equal((await last).why, "the run is over");
    assert.deepEqual(answers, [{ answer: { statusCode: 204, why: "Keptn was told" }, finished: 1, reported: "" }]);
    assert.notEqual(run.world.jobs()[0]?.metadata?.annotations?.[annotation.reported], "");
  });

  test("gets an early response even if Keptn forgets the report: the sweep sends it again", async (context) => {
    const run = await begin(context);
    const { answers, last } = watched(run, forgetting(run, ".finished"));
    assert.equal((await last).statusCode, 503);
    assert.equal(answers.length, 1);
    lease(run);
    await sweepWith(run.world);
    assert.equal(state(run)?.state, "complete");
  });

  test("gets no early response while Keptn accepts nothing", async (context) => {
    const run = await begin(context);
    const send = () => Promise.reject(new IoError("Keptn is away", { retryable: true }));
    const { answers, last } = watched(run, { ...run.world.ports.keptn, send });
    assert.equal((await last).statusCode, 503);
    assert.deepEqual(answers, []);
  });
});

describe("a count that fails before anything was sent", () => {
  test("releases the lease, so that the next delivery need not wait", async (context) => {
    const run = await begin(context);
    const getEventCounts = () => Promise.reject(new IoError("Keptn is away", { retryable: true }));
    assert.equal((await change(run, { keptn: { ...run.world.ports.keptn, getEventCounts } })).statusCode, 503);
    assert.equal(claimOf(run), "");
    await sweepWith(run.world);
    assert.equal(state(run)?.state, "complete");
  });
});

describe("a count", () => {
  test("that arrives late describes an earlier moment: nothing is sent because of it", async (context) => {
    const run = await begin(context);
    let asked = 0;
    const keptn: Keptn = {
      ...run.world.ports.keptn,
      getEventCounts: async (event, source) => {
        asked += 1;
        if (asked > 1) return run.world.ports.keptn.getEventCounts(event, source);
        run.world.pass(run.world.ports.settings.CLAIM_LEASE_SECONDS / 3);
        return counts(0, 0);
      },
    };
    assert.equal((await change(run, { keptn })).statusCode, 204);
    assert.equal(run.world.sent("started").length, 1);
    assert.equal(state(run)?.state, "complete");
  });

  test("is retried when every second request fails", async (context) => {
    const run = await begin(context);
    const { keptn, asked } = failingEachSecond(run, async () => ({ kind: "over" }));
    assert.equal((await change(run, { keptn })).statusCode, 204);
    assert.ok(asked() > 10, `asked ${asked()} times`);
    assert.equal(run.world.sent("finished").length, 0);
    assert.notEqual(run.world.jobs()[0]?.metadata?.annotations?.[annotation.over], undefined);
  });

  test("is not trusted when the last request fails", async (context) => {
    const run = await begin(context);
    let asked = 0;
    const getEventCounts: Keptn["getEventCounts"] = async () => {
      asked += 1;
      if (asked > 1) throw new IoError("Keptn is away", { retryable: true });
      return { kind: "over" };
    };
    const keptn = { ...run.world.ports.keptn, getEventCounts, isOpen: async () => true };
    assert.equal((await change(run, { keptn })).statusCode, 503);
    assert.equal(claimOf(run), "", "nothing was sent: the next delivery need not wait");
  });

  for (const [started, finished] of [
    [0, 1],
    [2, 0],
    [1, 2],
  ] as const) {
    test(`of ${started} started and ${finished} finished is balanced`, async (context) => {
      const run = await begin(context);
      const sent: OutgoingEvent[] = [];
      const sentOf = (kind: string) => sent.filter((event) => event.type.endsWith(kind)).length;
      const keptn: Keptn = {
        ...run.world.ports.keptn,
        send: async (event) => void sent.push(event),
        getEventCounts: async () => counts(started + sentOf(".started"), finished + sentOf(".finished")),
      };
      run.world.pass(3600);
      assert.equal((await change(run, { keptn })).statusCode, 204);
      const due = Math.max(1, started, finished);
      assert.deepEqual([sentOf(".started"), sentOf(".finished")], [due - started, due - finished]);
    });
  }
});

describe("a lease that is lost between two events", () => {
  test("is not taken again at once: the events sent so far must be counted first", async (context) => {
    const run = await begin(context);
    const { world } = run;
    const slowly: Keptn = {
      ...world.ports.keptn,
      getEventCounts: async () => counts(0, 0),
      send: async (event) => {
        await world.ports.keptn.send(event);
        world.pass(world.ports.settings.CLAIM_LEASE_SECONDS / 3);
      },
    };
    let stale = 0;
    const patch: World["ports"]["jobs"]["patch"] = async (ref, wanted) => {
      const answer = await world.ports.jobs.patch(ref, wanted);
      const renews = claimOf(run) !== "" && wanted.expect?.annotations?.[annotation.claim] !== "";
      if (!renews || world.sent("started").length < 2) return answer;
      stale += 1;
      return "stale"; // it was retried, and found its own change
    };
    world.pass(world.ports.settings.CLAIM_LEASE_SECONDS / 3);
    const answer = await change(run, { keptn: slowly, jobs: { ...world.ports.jobs, patch } });
    assert.deepEqual([answer.statusCode, stale, world.sent("started").length], [503, 1, 2]);
    assert.match(claimOf(run) ?? "", /claimant-/);
  });
});

describe("a report that another delivery takes over", () => {
  test("keeps the end that was noted first, even if the image could be pulled after all", async (context) => {
    const world = await openWorld(context);
    world.configure(config);
    const event = world.keptn.trigger({ type });
    await startJob(world.ports)(event);
    const [first] = world.jobs();
    assert.ok(first);
    world.setPod(first, { state: { waiting: { reason: "InvalidImageName", message: "A B" } } });
    const send = () => Promise.reject(new IoError("Keptn is away", { retryable: true, outcomeUnknown: true }));
    const getEventCounts = async () => counts(1, 0);
    await sweepWith(world, { keptn: { ...world.ports.keptn, send, getEventCounts } });
    const left = world.jobs();
    assert.ok(
      left.every(({ metadata }) => metadata?.deletionTimestamp),
      "something could still start",
    );
    world.end(left[0] ?? first, { exitCode: 0 });
    world.pass(world.ports.settings.CLAIM_LEASE_SECONDS + 1);
    await sweepWith(world);
    assert.match(String(world.sent("finished")[0]?.data["message"]), /could not start/);
    assert.equal(world.keptn.counts(event.id)?.result?.result, "fail");
  });

  test("still fails when the failed Job was removed by force", async (context) => {
    const world = await openWorld(context);
    world.configure(config);
    const event = world.keptn.trigger({ type });
    await startJob(world.ports)(event);
    const at = (index: number): Job => world.jobs()[index] ?? assert.fail(`no Job ${index}`);
    world.end(at(0), { exitCode: 0 });
    await sweepWith(world);
    world.end(at(1), { exitCode: 1 });
    const getEventCounts = () => Promise.reject(new IoError("Keptn is away", { retryable: true }));
    await sweepWith(world, { keptn: { ...world.ports.keptn, getEventCounts } });
    const { namespace = "", name = "", uid = "" } = at(1).metadata ?? {};
    await world.ports.jobs.patch({ namespace, name, uid }, { finalizeJob: true });
    await world.ports.jobs.delete({ namespace, name, uid });
    await sweepWith(world);
    assert.equal(world.keptn.counts(event.id)?.result?.result, "fail");
    assert.match(String(world.sent("finished")[0]?.data["message"]), /'two' failed, and its Job .* removed by force/);
  });
});
