import assert from "node:assert/strict";
import { test } from "node:test";
import { readCloudEvent } from "../../functions/io/cloud-event.ts";

const binary = { "ce-specversion": "1.0", "ce-id": "1", "ce-type": "t", "ce-source": "s" };

test("takes data for JSON where a Broker left the content type out", () => {
  const read = readCloudEvent(binary, Buffer.from('{"project":"sockshop"}'));
  assert.ok(read.kind === "event");
  assert.deepEqual(read.event.data, { project: "sockshop" });
});

test("leaves data of another type as it is", () => {
  const read = readCloudEvent({ ...binary, "content-type": "text/plain" }, Buffer.from('{"project":'));
  assert.ok(read.kind === "event");
  assert.equal(read.event.data, '{"project":');
});

test("refuses data that should be JSON and is not", () => {
  const read = readCloudEvent(binary, Buffer.from('{"project":'));
  assert.equal(read.kind, "malformed");
});

test("takes a binary event without any data", () => {
  const read = readCloudEvent(binary, "");
  assert.equal(read.kind, "event");
});

test("takes JSON by whatever name it goes", () => {
  for (const contentType of ["application/json;charset=UTF-8", "Application/JSON", "application/vnd.keptn+json"]) {
    const read = readCloudEvent({ ...binary, "content-type": contentType }, Buffer.from('{"a":1}'));
    assert.ok(read.kind === "event");
    assert.deepEqual(read.event.data, { a: 1 });
  }
  const structured = { specversion: "1.0", id: "1", type: "t", source: "s" };
  const headers = { "content-type": "application/cloudevents+json;charset=UTF-8" };
  assert.equal(readCloudEvent(headers, JSON.stringify(structured)).kind, "event");
});

test("refuses what is no UTF-8, instead of reading something else", () => {
  const read = readCloudEvent(binary, Buffer.from('{"project":"\xff"}', "latin1"));
  assert.ok(read.kind === "malformed");
  assert.match(read.problem.message, /no valid UTF-8/);
});

test("refuses a structured event without an id, for which the SDK would make one up", () => {
  const headers = { "content-type": "application/cloudevents+json" };
  const read = readCloudEvent(headers, JSON.stringify({ specversion: "1.0", type: "t", source: "s" }));
  assert.ok(read.kind === "malformed");
  assert.match(read.problem.message, /It has no id\./);
});

test("keeps names that JavaScript has its own use for where they are", () => {
  const read = readCloudEvent(binary, Buffer.from('{"__proto__":{"polluted":"yes"}}'));
  assert.ok(read.kind === "event");
  assert.equal(Reflect.get({}, "polluted"), undefined);
  assert.deepEqual(Object.keys(read.event.data as object), ["__proto__"]);
});

test("leaves errors their stacks, whatever it read", (context) => {
  const { stackTraceLimit } = Error;
  context.after(() => {
    Error.stackTraceLimit = stackTraceLimit;
  });
  for (const headers of [binary, { ...binary, "ce-time": "never" }]) {
    Error.stackTraceLimit = 7;
    readCloudEvent(headers, "{}");
    assert.equal(Error.stackTraceLimit, 7);
  }
});
