// The local Keptn passes on valid CloudEvents and counts them by Keptn's rule.
import assert from "node:assert/strict";
import { test } from "node:test";
import { CloudEvent } from "cloudevents";
import { localKeptn, type SentEvent } from "../../../functions/cli/local/keptn.ts";
import { makeStarted } from "../../../functions/lib/core/report/finished-event.ts";
import { testEvent } from "../../runs.ts";

const open = () => {
  const sent: SentEvent[] = [];
  const keptn = localKeptn({
    configText: "apiVersion: v2",
    onEvent: (event) => sent.push(event),
    onError: () => {},
    now: () => new Date("2026-01-02T03:04:05.678Z"),
  });
  const started = (source: string) => keptn.send(makeStarted(testEvent, source));
  const finished = (source: string) =>
    keptn.send({ ...makeStarted(testEvent, source), type: testEvent.type.replace("triggered", "finished") });
  return { keptn, sent, started, finished };
};

test("sets id and time, and passes on valid CloudEvents", async () => {
  const { sent, started } = open();
  await started("one");
  const [event] = sent;
  assert.equal(event?.time, "2026-01-02T03:04:05.678Z");
  const parsed = new CloudEvent(JSON.parse(JSON.stringify(event)));
  assert.ok(parsed.validate());
  assert.match(parsed.id, /^[0-9a-f-]{36}$/);
  assert.equal(parsed["triggeredid"], testEvent.id);
});

test("counts by source while a task is open", async () => {
  const { keptn, started } = open();
  await started("one");
  await started("two");
  const once = { started: 1, finished: 0 };
  const bySource = new Map([
    ["one", once],
    ["two", once],
  ]);
  assert.deepEqual(await keptn.getEventCounts(testEvent, "one"), { kind: "current", bySource, ...once });
  assert.deepEqual(await keptn.getEventCounts(testEvent, "three"), {
    kind: "current",
    bySource,
    started: 0,
    finished: 0,
  });
});

test("a task is over when as many finished as started events arrived, whoever sent them", async () => {
  const { keptn, started, finished } = open();
  await started("one");
  await started("two");
  await finished("one");
  assert.equal(await keptn.isOpen(testEvent), true);
  await finished("two");
  assert.deepEqual(await keptn.getEventCounts(testEvent, "one"), { kind: "over" });
  assert.equal(await keptn.isOpen(testEvent), false);
});
