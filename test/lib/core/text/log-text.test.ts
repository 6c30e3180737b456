import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import {
  bytesOfLog,
  cleanText,
  endLine,
  jsonBytes,
  renderLog,
  shortenLog,
  utf8Bytes,
} from "../../../../functions/lib/core/text/log-text.ts";

test("removes colours, cursor movements and binary data", () => {
  assert.equal(cleanText("\u001b[31mred\u001b[0m\r\nnext\r\n"), "red\nnext\n");
  assert.equal(cleanText("\u001b]0;title\u0007text"), "text");
  assert.equal(cleanText("a\u0000b\u0007c\tend"), "a\ufffdb\ufffdc\tend");
  assert.equal(cleanText("half \ud83d character"), "half \ufffd character");
});

test("removes character sets, titles, links and device strings, and only the beginning of one that never ends", () => {
  assert.equal(cleanText("\u001b(B\u001b[mplain\u001b(0"), "plain");
  assert.equal(
    cleanText("\u001bP1$r0m\u001b\\a\u001b_app\u001b\\b\u001b^p\u001b\\c\u001bXs\u001b\\d\u0090q\u009ce"),
    "abcde",
  );
  assert.equal(cleanText("\u001b]8;;http://x\u0007link\u001b]8;;\u001b\\"), "link");
  assert.equal(cleanText("\u001b]never\nended"), "never\nended");
});

test("keeps the last state of a line that was overwritten", () => {
  assert.equal(cleanText("10 %\r50 %\r100 %\ndone\n"), "100 %\ndone\n");
  assert.equal(cleanText("10 %\r20 %\r"), "20 %");
  assert.equal(cleanText("\u001b[K1\r\u001b[K2\r\r\n3"), "2\n3");
});

test("cleans and cuts in linear time: 4 MB within the test's limit", () => {
  for (const piece of ["\n", "\r", "\u001b]", "\u001bP", "\u001b[0", "\u001b[0;", "\u001b( ", "\u0090", "x\n"]) {
    const text = piece.repeat(4_000_000 / piece.length);
    cleanText(text);
    assert.ok(endLine(`${text}x\n\n`).endsWith("x\n"));
  }
});

test("gives the beginning the room that the end does not need", () => {
  const head = "a line of the beginning\n".repeat(20);
  const short = shortenLog({ head, tail: "the end\n", cutBytes: undefined }, 300);
  assert.ok(bytesOfLog(short) > 270, `${bytesOfLog(short)} of 300 bytes`);
  assert.equal(short.tail, "the end\n");
});

test("counts bytes as they appear in JSON", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      assert.equal(utf8Bytes(text), Buffer.byteLength(text));
      assert.equal(jsonBytes(text), Buffer.byteLength(JSON.stringify(text)) - 2);
    }),
  );
});

test("leaves a log that fits unchanged", () => {
  const log = { head: "first\n", tail: "last\n", cutBytes: 0 };
  assert.deepEqual(shortenLog(log, 100), log);
  assert.equal(renderLog(log), "first\nlast\n");
});

test("keeps whole lines of both ends and says how much was left out", () => {
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
