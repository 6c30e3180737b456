// Text in every encoding that common tools write, and bytes that are not text.
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { decodeText, findUndecoded } from "../../../../functions/lib/core/text/decode-text.ts";

const bigEndian = (text: string): Buffer => Buffer.from(text, "utf16le").swap16();

const encodings: Readonly<Record<string, (text: string) => Buffer>> = {
  "UTF-8": (text) => Buffer.from(text),
  "UTF-8 with a mark": (text) => Buffer.from(`\ufeff${text}`),
  "UTF-16LE with a mark": (text) => Buffer.from(`\ufeff${text}`, "utf16le"),
  "UTF-16BE with a mark": (text) => bigEndian(`\ufeff${text}`),
  "UTF-16LE": (text) => Buffer.from(text, "utf16le"),
  "UTF-16BE": (text) => bigEndian(text),
};

const texts = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.string({ unit: "grapheme", maxLength: 50 }),
  fc.string({ unit: fc.constantFrom("a", "é", "€", "😀", "\n", "\u07ff", "\u0800", "\uffff"), minLength: 5000 }),
);

for (const [name, encode] of Object.entries(encodings)) {
  // Without a byte order mark, only an ASCII first character reveals the encoding, and a NUL right after it would mislead.
  const begin = name.includes("mark") ? "" : "a";
  test(`every text in ${name} survives`, () => {
    fc.assert(
      fc.property(texts, (any) => {
        const text = begin && any.startsWith("\0") ? begin : begin + any;
        assert.equal(decodeText(encode(text)), text);
        assert.equal(findUndecoded(text), undefined);
      }),
    );
  });
}

test("invalid UTF-8 is kept in place, byte for byte, and so is the text around it", () => {
  fc.assert(
    fc.property(texts, fc.integer({ min: 0x80, max: 0xff }), texts, (before, byte, after) => {
      const bytes = Buffer.concat([Buffer.from(`a${before} `), Buffer.from([byte]), Buffer.from(` ${after}`)]);
      if (bytes[1] === 0) return;
      const text = decodeText(bytes);
      assert.equal(text, `a${before} ${String.fromCharCode(0xdc00 + byte)} ${after}`);
      const what = `byte 0x${byte.toString(16).toUpperCase()}`;
      assert.deepEqual(findUndecoded(text), { offset: before.length + 2, what });
    }),
  );
});

const broken: Readonly<Record<string, readonly number[]>> = {
  "a character that is longer than it has to be": [0xc0, 0xaf],
  "half of a pair": [0xed, 0xa0, 0x80],
  "more than Unicode has": [0xf4, 0x90, 0x80, 0x80],
  "a character that is cut off": [0xe2, 0x82],
  "five bytes": [0xf8, 0x88, 0x80, 0x80, 0x80],
};

for (const [name, bytes] of Object.entries(broken)) {
  test(`refuses in UTF-8 ${name}`, () => {
    const text = decodeText(Uint8Array.from([0x61, ...bytes, 0x62]));
    assert.equal(text, `a${String.fromCharCode(...bytes.map((byte) => 0xdc00 + byte))}b`);
  });
}

test("UTF-16 that is cut in half, or has half a surrogate pair, is reported", () => {
  assert.deepEqual(findUndecoded(decodeText(Uint8Array.from([0xff, 0xfe, 0x61, 0, 0x62]))), {
    offset: 1,
    what: "byte 0x62",
  });
  assert.deepEqual(findUndecoded(decodeText(Uint8Array.from([0xfe, 0xff, 0xd8, 0, 0, 0x62]))), {
    offset: 0,
    what: "character U+D800",
  });
});

test("empty stays empty", () => assert.equal(decodeText(new Uint8Array()), ""));
