import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { bytesOfLog, cleanText, jsonBytes, renderLog, shortenLog, utf8Bytes } from "../../functions/core/log-text.ts";

test("cleans colours, cursor movements and what is no text", () => {
  assert.equal(cleanText("\u001b[31mred\u001b[0m\r\nnext\rlast"), "red\nnext\nlast");
  assert.equal(cleanText("\u001b]0;title\u0007text"), "text");
  assert.equal(cleanText("a\u0000b\u0007c\tend"), "a\ufffdb\ufffdc\tend");
  assert.equal(cleanText("half \ud83d character"), "half \ufffd character");
});

test("counts bytes as they stand in JSON", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      assert.equal(utf8Bytes(text), Buffer.byteLength(text));
      assert.equal(jsonBytes(text), Buffer.byteLength(JSON.stringify(text)) - 2);
    }),
  );
});

test("leaves a log that fits as it is", () => {
  const log = { head: "first\n", tail: "last\n", cutBytes: 0 };
  assert.deepEqual(shortenLog(log, 100), log);
  assert.equal(renderLog(log), "first\nlast\n");
});

test("keeps whole lines of both ends and says how much is left out", () => {
  const lines = Array.from({ length: 100 }, (_, i) => `line ${i}\n`).join("");
  const short = shortenLog({ head: lines, tail: "", cutBytes: 0 }, 120);
  const text = renderLog(short);
  assert.match(text, /^line 0\nline 1\n/);
  assert.match(text, /line 99\n$/);
  assert.match(
    text,
    new RegExp(`\\n\\[\\.\\.\\. ${lines.length - short.head.length - short.tail.length} bytes of this output left out`),
  );
});

test("never exceeds its limit, whatever the text, and only leaves out", () => {
  const text = fc.string({
    unit: fc.oneof(fc.constantFrom("\n", '"', "\\", "\u0001"), fc.string({ unit: "grapheme" })),
  });
  fc.assert(
    fc.property(text, text, fc.nat(300), fc.constantFrom(0, 7, undefined), (head, tail, limit, cutBytes) => {
      const short = shortenLog({ head, tail, cutBytes }, limit);
      assert.ok(
        bytesOfLog(short) <= limit || (short.head === head && short.tail === tail && bytesOfLog(short) <= limit),
      );
      const whole = cutBytes === 0 ? head + tail : head;
      assert.ok(whole.startsWith(short.head) || whole.toWellFormed().startsWith(short.head));
      if (cutBytes !== undefined) {
        const kept = utf8Bytes(short.head) + utf8Bytes(short.tail);
        assert.equal(short.cutBytes, cutBytes + utf8Bytes(head) + utf8Bytes(tail) - kept);
      }
    }),
  );
});
