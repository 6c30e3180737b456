// Follows docs/webhook-route.md on a real Keptn: its webhook-service calls us, and we read the rest from its API.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { after, before, describe, test } from "node:test";
import { envelopeOf, parseKeptnEvent } from "../../functions/lib/core/event/keptn-event.ts";
import { makeStarted } from "../../functions/lib/core/report/finished-event.ts";
import { connectKeptn } from "../../functions/lib/keptn/keptn.ts";
import { finishedOf, source } from "../contract/keptn-bench.ts";
import { makeUser, triggerUntil, until } from "../contract/keptn-user.ts";
import { followGuide } from "../contract/webhook-guide.ts";
import { settingsFor } from "../doubles/keptn/settings.ts";

const { KEPTN_ENDPOINT = "", KEPTN_API_TOKEN = "", KEPTN_CALLBACK_HOST } = process.env;
const skip = KEPTN_CALLBACK_HOST
  ? false
  : "KEPTN_CALLBACK_HOST is not set: an address of this machine that Keptn's pods reach, and that its deny list allows";

/** Of this run alone: nobody else is subscribed to them, and a Keptn that cannot remove subscriptions keeps nothing that hurts another run. */
const run = randomUUID().slice(0, 8);
const tasks = [`deploy-${run}`, `check-${run}`];

const shipyard = `apiVersion: spec.keptn.sh/0.2.3
kind: Shipyard
metadata: {name: webhook}
spec: {stages: [{name: dev, sequences: [{name: delivery, tasks: [${tasks.map((name) => `{name: ${name}}`)}]}]}]}
`;

describe("the webhook route", { skip }, () => {
  const project = `webhook-${run}`;
  const address = { endpoint: KEPTN_ENDPOINT, token: KEPTN_API_TOKEN };
  const user = makeUser(address);
  const keptn = connectKeptn(settingsFor({ endpoint: KEPTN_ENDPOINT || "http://none", token: KEPTN_API_TOKEN }));
  const arrived: { headers: IncomingHttpHeaders; data: unknown }[] = [];
  const broker = createServer(async (request, answer) => {
    arrived.push({ headers: request.headers, data: JSON.parse(await text(request)) });
    answer.writeHead(202).end();
  });
  let unsubscribe = async () => {};
  before(async () => {
    await new Promise<void>((resolve) => broker.listen(0, "0.0.0.0", resolve));
    await user.createProject(project, shipyard);
    await user.createService(project, "carts");
    const { port } = broker.address() as AddressInfo;
    const url = `http://${KEPTN_CALLBACK_HOST}:${port}/keptn-jes/keptn`;
    unsubscribe = await followGuide(user, { project, tasks, url });
  });
  after(async () => {
    await unsubscribe();
    await user.deleteProject(project);
    broker.close();
  });

  test("completes thin events from Keptn's API through a whole sequence", async () => {
    const data = { message: `it's a "quoted" one`, labels: { build: "17" } };
    await new Promise((resolve) => setTimeout(resolve, 6000)); // webhook-service looks for subscriptions every 5 s
    // Now and then it takes longer to hear of a new one, and what was triggered until then is lost.
    const at = { project, stage: "dev", service: "carts" };
    const context = await triggerUntil(user, { at, sequence: "delivery", data }, () => arrived.length > 0);
    for (const task of tasks) {
      const { headers, data } = await until(`${task} arrives`, async () => arrived.shift());
      const value = { id: headers["ce-id"], type: headers["ce-type"], source: headers["ce-source"], data };
      const thin = parseKeptnEvent(value);
      assert.ok(thin.kind === "thin", JSON.stringify(value));
      assert.equal(thin.type, `sh.keptn.event.${task}.triggered`);
      const event = await keptn.getEvent(thin);
      assert.ok(event);
      assert.deepEqual([event.shkeptncontext, event.data.labels], [context, { build: "17" }]);
      await keptn.send(makeStarted(envelopeOf(event), source));
      await keptn.send(finishedOf(event, {}, source));
    }
    await until("the sequence is finished", async () => (await user.status(project, context)).state === "finished");
    const { previousTasks } = await user.status(project, context);
    assert.deepEqual(
      previousTasks.map(({ name, result }) => [name, result]),
      tasks.map((task) => [task, "pass"]),
    );
  });
});
