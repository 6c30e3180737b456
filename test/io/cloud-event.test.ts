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
