// Keptn's contract: how it tells what we are subscribed to, and what waits for an answer.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { test } from "node:test";
import { connectKeptnClient, type KeptnClient } from "../../functions/keptn-source/keptn-client.ts";
import { envelopeOf } from "../../functions/lib/core/event/keptn-event.ts";
import { makeStarted } from "../../functions/lib/core/report/finished-event.ts";
import type { Listing } from "../../functions/lib/core/source/plan-poll.ts";
import { settingsFor } from "../doubles/keptn/settings.ts";
import { begin, finishedOf, type KeptnBench, source } from "./keptn-bench.ts";
import { until } from "./keptn-user.ts";

export const feedContract = (bench: KeptnBench): void => {
  const { project } = bench.at;
  const connect = (env: Record<string, string> = {}): KeptnClient => connectKeptnClient(settingsFor(bench.world, env));
  const deployment = { type: "sh.keptn.event.deployment.triggered", project };
  const idsOf = async (listing: Listing): Promise<string[]> => {
    const ids: string[] = [];
    for await (const page of connect().listOpen(listing)) ids.push(...page.map(({ id }) => id));
    return ids;
  };

  test("subscribes as the settings say, and from then on as users change it in the Bridge", async () => {
    const name = `feed-${randomUUID().slice(0, 8)}`;
    const env = { KEPTN_SOURCE: name, PUBSUB_TOPIC: "sh.keptn.event.test.triggered", STAGE_FILTER: "dev,prod" };
    const feed = connect(env);
    const filter = { projects: [], stages: ["dev", "prod"], services: [] };
    const own = { event: "sh.keptn.event.test.triggered", filter };
    assert.deepEqual(await feed.getSubscriptions(), [own]);
    const added = { event: "sh.keptn.event.*.triggered", filter: { projects: ["a"], stages: null, services: [] } };
    const { remove } = await bench.user.subscribe(name, added);
    const both = [own, { ...added, filter: { ...added.filter, stages: [] } }];
    assert.deepEqual(await feed.getSubscriptions(), both);
    assert.deepEqual(await connect({ ...env, PUBSUB_TOPIC: "other" }).getSubscriptions(), both);
    await bench.user.forgetIntegration(name);
    assert.deepEqual(await feed.getSubscriptions(), both, "what was last known is registered again");
    await bench.user.forgetIntegration(name);
    await assert.rejects(remove());
  });

  test("subscribes to what the settings say, and to nothing else, where the Bridge has no say", async () => {
    const name = `feed-${randomUUID().slice(0, 8)}`;
    const feed = connect({ KEPTN_SOURCE: name, DISABLE_REGISTRATION: "true", PUBSUB_TOPIC: "a.b" });
    const filter = { projects: [], stages: [], services: [] };
    assert.deepEqual(await feed.getSubscriptions(), [{ event: "a.b", filter }]);
    await assert.rejects(bench.user.forgetIntegration(name));
  });

  test("lists the projects with what their sequences can bring about", async () => {
    const found = (await connect().listProjects()).find(({ name }) => name === project);
    assert.deepEqual(found?.types, [
      "sh.keptn.event.dev.delivery.triggered",
      "sh.keptn.event.deployment.triggered",
      "sh.keptn.event.test.triggered",
      "sh.keptn.event.evaluation.triggered",
    ]);
  });

  test("a project can be evaluated although its shipyard file does not say so", async () => {
    const context = await bench.user.trigger(bench.at, "evaluation");
    const event = await bench.user.nextEvent(project, context, "sh.keptn.event.evaluation.triggered");
    await bench.user.abort(project, context);
    assert.equal(event.shkeptncontext, context);
  });

  test("lists open events of a type, the oldest first, narrowed to a project, a stage and a service", async () => {
    const first = await begin(bench);
    const second = await begin(bench);
    const listed = await idsOf(deployment);
    assert.deepEqual(listed.slice(-2), [first.event.id, second.event.id]);
    const { stage, service } = second.event.data;
    assert.deepEqual(await idsOf({ ...deployment, stage, service }), [second.event.id]);
    assert.deepEqual(await idsOf({ ...deployment, stage: "none" }), []);
    assert.deepEqual(await idsOf({ ...deployment, project: `gone-${randomUUID().slice(0, 8)}` }), []);
  });

  test("says when answers to an event are heard, and gives it in full as long as it is open", async () => {
    const { event } = await begin(bench, { labels: { build: "17" } });
    const feed = connect();
    const envelope = envelopeOf(event);
    assert.equal(await feed.isCurrent(envelope), true);
    assert.deepEqual(await feed.getOpen(envelope), event);
    await bench.keptn.send(makeStarted(envelope, source));
    await bench.keptn.send(finishedOf(event, {}, source));
    await until("the task is over", async () => !(await feed.isCurrent(envelope)));
    assert.equal(await feed.getOpen(envelope), undefined);
  });

  test("finds what other services triggered, and whether anybody has begun to answer it", async () => {
    const { service, stage } = bench.at;
    const type = "sh.keptn.event.get-sli.triggered";
    const before = new Date(Date.now() - 1000);
    const given = { type, source: "lighthouse-service", data: { project, stage, service } };
    const published = [await bench.user.publish(given), await bench.user.publish(given)].map(({ id }) => id);
    const feed = connect();
    const search = { type, project };
    const found = (await feed.listStored(search, before)).filter(({ id }) => published.includes(id));
    assert.deepEqual(
      found.map(({ id }) => id),
      published,
    );
    assert.deepEqual(await feed.listStored(search, new Date(Date.now() + 60_000)), []);
    const [one, other] = found;
    assert.ok(one && other);
    assert.equal(await feed.isAnswered(one), false);
    await bench.keptn.send(makeStarted(envelopeOf(one), source));
    await until("the answer is stored", () => feed.isAnswered(one));
    assert.equal(await feed.isAnswered(other), false);
  });
};
