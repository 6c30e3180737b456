import assert from "node:assert/strict";
import { test } from "node:test";
import { readCloudEvent } from "../../../functions/lib/host/cloud-event.ts";

const binary = { "ce-specversion": "1.0", "ce-id": "1", "ce-type": "t", "ce-source": "s" };

test("parses data as JSON when a Broker dropped the content type", () => {
  const read = readCloudEvent(binary, Buffer.from('{"project":"sockshop"}'));
  assert.ok(read.kind === "event");
  assert.deepEqual(read.event.data, { project: "sockshop" });
});

test("leaves data of another type unchanged", () => {
  const read = readCloudEvent({ ...binary, "content-type": "text/plain" }, Buffer.from('{"project":'));
  assert.ok(read.kind === "event");
  assert.equal(read.event.data, '{"project":');
});

test("refuses data that should be JSON but is not", () => {
  const read = readCloudEvent(binary, Buffer.from('{"project":'));
  assert.equal(read.kind, "malformed");
});

test("accepts a binary event without data", () => {
  const read = readCloudEvent(binary, "");
  assert.equal(read.kind, "event");
});

test("accepts every media type for JSON", () => {
  for (const contentType of [
    ...["application/json;charset=UTF-8", "Application/JSON", "application/vnd.keptn+json"],
    ...["text/json", "Text/JSON; charset=utf-8", "model/x+json"],
  ]) {
    const read = readCloudEvent({ ...binary, "content-type": contentType }, Buffer.from('{"a":1}'));
    assert.ok(read.kind === "event");
    assert.deepEqual(read.event.data, { a: 1 });
  }
  const structured = { specversion: "1.0", id: "1", type: "t", source: "s" };
  const headers = { "content-type": "application/cloudevents+json;charset=UTF-8" };
  assert.equal(readCloudEvent(headers, JSON.stringify(structured)).kind, "event");
});

test("refuses invalid UTF-8 instead of replacing it", () => {
  const read = readCloudEvent(binary, Buffer.from('{"project":"\xff"}', "latin1"));
  assert.ok(read.kind === "malformed");
  assert.match(read.problem.message, /The byte 0xFF at character 13 is not valid UTF-8\./);
});

test("refuses a structured event without an id, instead of letting the SDK invent one", () => {
  const headers = { "content-type": "application/cloudevents+json" };
  const read = readCloudEvent(headers, JSON.stringify({ specversion: "1.0", type: "t", source: "s" }));
  assert.ok(read.kind === "malformed");
  assert.match(read.problem.message, /It has no id\./);
});

test("keeps names that are special in JavaScript in place", () => {
  const read = readCloudEvent(binary, Buffer.from('{"__proto__":{"polluted":"yes"}}'));
  assert.ok(read.kind === "event");
  assert.equal(Reflect.get({}, "polluted"), undefined);
  assert.deepEqual(Object.keys(read.event.data as object), ["__proto__"]);
});

test("keeps stack traces intact after parsing", (context) => {
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

const structured = { "content-type": "application/cloudevents+json" };
const attributes = { specversion: "1.0", id: "1", type: "t", source: "s" };
const base64 = (text: string, encoding: BufferEncoding = "utf8") => Buffer.from(text, encoding).toString("base64");

test("decodes JSON in base64, whatever its media type", () => {
  for (const datacontenttype of [undefined, "application/json", "text/json; charset=utf-8", "application/x+json"]) {
    const event = { ...attributes, datacontenttype, data_base64: base64('{"id":20240101123456789,"a":"Größe"}') };
    const read = readCloudEvent(structured, JSON.stringify(event));
    assert.ok(read.kind === "event", JSON.stringify(read));
    assert.equal(JSON.stringify(read.event.data), '{"id":20240101123456789,"a":"Größe"}');
  }
});

test("leaves other base64 data unchanged, and refuses what should be JSON but is not", () => {
  const image = { ...attributes, datacontenttype: "image/png", data_base64: base64("{") };
  assert.equal(readCloudEvent(structured, JSON.stringify(image)).kind, "event");
  const broken = readCloudEvent(structured, JSON.stringify({ ...attributes, data_base64: base64("{") }));
  assert.equal(broken.kind, "malformed");
  const latin1 = readCloudEvent(structured, JSON.stringify({ ...attributes, data_base64: base64('"\xff"', "latin1") }));
  assert.ok(latin1.kind === "malformed");
  assert.match(latin1.problem.message, /data_base64, The byte 0xFF at character 2/);
});

test("keeps all digits of numbers in both modes", () => {
  const data = '{"buildId":20240101123456789,"list":[1.234567890123456789]}';
  const body = `{"specversion":"1.0","id":"1","type":"t","source":"s","data":${data}}`;
  for (const read of [readCloudEvent(binary, Buffer.from(data)), readCloudEvent(structured, Buffer.from(body))]) {
    assert.ok(read.kind === "event", JSON.stringify(read));
    assert.equal(JSON.stringify(read.event.data), data);
  }
});

test("reads UTF-16, and skips a byte order mark", () => {
  for (const data of [Buffer.from('\ufeff{"a":"Größe"}'), Buffer.from('\ufeff{"a":"Größe"}', "utf16le")]) {
    const read = readCloudEvent(binary, data);
    assert.ok(read.kind === "event", JSON.stringify(read));
    assert.deepEqual(read.event.data, { a: "Größe" });
  }
});
