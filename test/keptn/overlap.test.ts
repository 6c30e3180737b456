// Why connect subscribes by name: on a real Keptn, two webhook-service subscriptions that match one event compete for it.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { makeWebhook } from "../../functions/lib/core/connect/plan-connect.ts";
import { changeWebhooks } from "../../functions/lib/core/connect/webhook-file.ts";
import { makeUser } from "../contract/keptn-user.ts";

const { KEPTN_ENDPOINT = "", KEPTN_API_TOKEN = "", KEPTN_CALLBACK_HOST } = process.env;
const skip = KEPTN_CALLBACK_HOST
  ? false
  : "KEPTN_CALLBACK_HOST is not set: an address of this machine that Keptn's pods reach";

describe("subscriptions by name and by a pattern that matches the name", { skip }, () => {
  const project = `overlap-${randomUUID().slice(0, 8)}`;
  /** The pattern is of this run alone: it takes nothing from another test. */
  const [byName, byPattern] = [`sh.keptn.event.${project}.triggered`, `sh.keptn.event.${project}.*`];
  const user = makeUser({ endpoint: KEPTN_ENDPOINT, token: KEPTN_API_TOKEN });
  const arrived: { readonly id: unknown; readonly by: string | undefined }[] = [];
  const broker = createServer((request, answer) => {
    arrived.push({ id: request.headers["ce-id"], by: request.url });
    answer.writeHead(202).end();
  });
  const removals: (() => Promise<void>)[] = [];
  before(async () => {
    await new Promise<void>((resolve) => broker.listen(0, "0.0.0.0", resolve));
    await user.createProject(
      project,
      "{apiVersion: spec.keptn.sh/0.2.3, kind: Shipyard, metadata: {name: overlap}, spec: {stages: [{name: dev, sequences: [{name: s, tasks: [{name: t}]}]}]}}",
    );
    await user.createService(project, "carts");
    const put = [];
    for (const [event, path] of [
      [byName, "/name"],
      [byPattern, "/pattern"],
    ] as const) {
      const filter = { projects: [project], stages: [], services: [] };
      const { id, remove } = await user.subscribe("webhook-service", { event, filter });
      removals.push(remove);
      const url = `http://${KEPTN_CALLBACK_HOST}:${(broker.address() as AddressInfo).port}${path}`;
      put.push(makeWebhook(event, id, url));
    }
    const changed = changeWebhooks(undefined, { put, remove: [] });
    assert.ok("text" in changed && changed.text);
    await user.addFiles({ project }, { "webhook/webhook.yaml": changed.text });
  });
  after(async () => {
    for (const remove of removals) await remove();
    await user.deleteProject(project);
    broker.close();
    broker.closeAllConnections();
  });

  test("each get some of the events that match both, and no event reaches both", async (t) => {
    const data = { project, stage: "dev", service: "carts" };
    const endsAtMs = Date.now() + 60_000; // webhook-service hears of a subscription within seconds
    const idsBy = (path: string) => new Set(arrived.filter(({ by }) => by === path).map(({ id }) => id));
    let published = 0;
    while (idsBy("/name").size < 3 || idsBy("/pattern").size < 3) {
      assert.ok(Date.now() < endsAtMs, `of ${published} events there came ${JSON.stringify(arrived)}`);
      await user.publish({ type: byName, source: "overlap", data });
      published += 1;
      await sleep(200);
    }
    const [name, pattern] = [idsBy("/name"), idsBy("/pattern")];
    assert.deepEqual(
      [...name].filter((id) => pattern.has(id)),
      [],
    );
    t.diagnostic(`of ${published} events ${name.size} came by the name, ${pattern.size} by the pattern`);
  });
});
