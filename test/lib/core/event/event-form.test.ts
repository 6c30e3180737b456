// Events as people write them become events as Keptn sends them.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  completeEvent,
  eventsIn,
  makeEventOfType,
  typeOfTask,
} from "../../../../functions/lib/core/event/event-form.ts";
import { parseKeptnEvent } from "../../../../functions/lib/core/event/keptn-event.ts";

const time = "2026-01-02T03:04:05.000Z";
const data = { project: "sockshop", stage: "dev", service: "carts" };
const bare = { type: "sh.keptn.event.test.triggered", data };

describe("an event without the fields that Keptn adds", () => {
  test("gets them, and the same ones each time", () => {
    const { event, made } = completeEvent(bare, time);
    assert.deepEqual(made, ["id", "source", "time", "shkeptncontext"]);
    assert.equal(parseKeptnEvent(event).kind, "event");
    assert.deepEqual(completeEvent(bare, time).event, event);
    const { id, shkeptncontext } = event as Record<string, string>;
    for (const uuid of [id, shkeptncontext])
      assert.match(uuid ?? "", /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/);
    assert.notEqual(id, shkeptncontext);
  });
  test("gets other ids than another event", () => {
    const other = completeEvent({ ...bare, data: { ...data, service: "orders" } }, time).event;
    assert.notEqual((other as { id: string }).id, (completeEvent(bare, time).event as { id: string }).id);
  });
  test("keeps all the fields it has", () => {
    const whole = { ...bare, id: "1", source: "me", time: "2022-05-13T07:46:09.546Z", shkeptncontext: "c" };
    assert.deepEqual(completeEvent(whole, time), { event: whole, made: [] });
  });
  test("gets no context when it has only ids: it stays thin, and Keptn has to be asked for the rest", () => {
    const thin = { id: "1", type: bare.type, source: "s", time, data: { project: "sockshop" } };
    assert.deepEqual(completeEvent(thin, time).made, []);
  });
  test("is left alone when it is not an event", () => {
    for (const value of [null, 1, "x", [], {}, { type: 5 }]) assert.deepEqual(completeEvent(value, time).made, []);
  });
});

test("every event of a list is found", () => {
  assert.deepEqual(eventsIn([bare, bare]), [bare, bare]);
  assert.deepEqual(eventsIn({ events: [bare], nextPageKey: "0" }), [bare]);
  assert.deepEqual(eventsIn({ events: [] }), []);
  assert.deepEqual(eventsIn(bare), [bare]);
  assert.deepEqual(eventsIn({ ...bare, events: [1] }), [{ ...bare, events: [1] }]);
  assert.deepEqual(eventsIn("x"), ["x"]);
});

describe("a made-up event", () => {
  test("is a valid Keptn event, with a place for the task's properties", () => {
    const made = makeEventOfType(typeOfTask("remote-task") ?? "");
    assert.equal(parseKeptnEvent(completeEvent(made, time).event).kind, "event");
    assert.deepEqual((made["data"] as Record<string, unknown>)["remote-task"], {});
  });
  test("has no such place when it is for a sequence", () => {
    const { data } = makeEventOfType("sh.keptn.event.dev.delivery.triggered");
    assert.deepEqual(Object.keys(data as object), ["project", "stage", "service"]);
  });
  test("needs a valid task name", () => {
    assert.equal(typeOfTask("dev.delivery"), "sh.keptn.event.dev.delivery.triggered");
    for (const name of ["", "sh.keptn.event.test.triggered", "a b", "a/b"]) assert.equal(typeOfTask(name), undefined);
  });
});
