import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { IoError } from "../../../functions/lib/io-error.ts";
import { isBase64, readContent } from "../../../functions/lib/keptn/resource-content.ts";

const read = async (...parts: (string | Buffer)[]): Promise<Buffer> => {
  async function* chunks() {
    for (const part of parts) yield Buffer.from(part);
  }
  const read: Buffer[] = [];
  for await (const bytes of readContent("Keptn GET x", chunks())) read.push(bytes);
  return Buffer.concat(read);
};

const rest = { resourceURI: "a%252Fb", metadata: { upstreamURL: "http://git/ü", version: "abc" } };

test("reads every file byte for byte, however the response is split", async () => {
  const cuts = fc.array(fc.nat(), { maxLength: 5 });
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), cuts, fc.boolean(), async (bytes, at, contentFirst) => {
      const content = { resourceContent: Buffer.from(bytes).toString("base64") };
      const answer = Buffer.from(JSON.stringify(contentFirst ? { ...content, ...rest } : { ...rest, ...content }));
      const ends = at.map((n) => n % answer.length).sort((a, b) => a - b);
      const parts = [...ends, answer.length].map((end, i) => answer.subarray(ends[i - 1] ?? 0, end));
      assert.deepEqual(await read(...parts), Buffer.from(bytes));
    }),
  );
});

test("an empty file has no content field in Keptn's response", async () => {
  assert.equal((await read(JSON.stringify(rest))).length, 0);
  assert.equal((await read(JSON.stringify({ resourceContent: "", ...rest }))).length, 0);
});

test("accepts whitespace between the fields", async () => {
  assert.equal(String(await read(JSON.stringify({ resourceContent: "aGk=", ...rest }, null, 2))), "hi");
});

test("is not misled by a name that looks like content", async () => {
  const resourceURI = 'x","resourceContent":"ZXZpbA==","y":"';
  assert.equal(String(await read(JSON.stringify({ resourceURI, resourceContent: "aGk=" }))), "hi");
});

const whole = JSON.stringify({ resourceContent: Buffer.from("hello").toString("base64"), ...rest });

test("detects every truncated response", async () => {
  for (let end = 0; end < whole.length; end++) {
    await assert.rejects(
      read(whole.slice(0, end)),
      (error) => error instanceof IoError && error.retryable,
      whole.slice(0, end),
    );
  }
});

test("refuses everything that is not a Keptn resource", async () => {
  const others = [
    "",
    "<html>",
    "null",
    "[]",
    "{}",
    '{"resourceContent":"aGk="}',
    '{"resourceContent":"a b","resourceURI":"x"}',
  ];
  const padded = ['{"resourceContent":"aGk=aGk=","resourceURI":"x"}', '{"resourceContent":"aGk","resourceURI":"x"}'];
  for (const text of [...others, ...padded]) await assert.rejects(read(text), /not a Keptn resource/, text);
});

test("gives up on an endless response without a file", async () => {
  await assert.rejects(read(...Array(300).fill("x".repeat(10_000))), /not a Keptn resource/);
});

test("accepts base64 exactly as Go writes it", () => {
  fc.assert(fc.property(fc.uint8Array(), (bytes) => isBase64(Buffer.from(bytes).toString("base64"))));
  for (const text of ["aGk", "aGk=aGk=", "a b=", "aG-_", "====", "aGk=\n"]) assert.equal(isBase64(text), false, text);
});
