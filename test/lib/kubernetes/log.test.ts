// Reading a container's output for an event: both ends, as much as there is room for.
import assert from "node:assert/strict";
import { test } from "node:test";
import { cleanText } from "../../../functions/lib/core/text/log-text.ts";
import type { KubernetesApi } from "../../../functions/lib/kubernetes/api.ts";
import { readLog } from "../../../functions/lib/kubernetes/log.ts";
import { partOfLog } from "../../doubles/kubernetes/log.ts";

/** A kubelet with this output. */
const read = async (output: string, limit: { readonly headBytes: number; readonly tailBytes: number }) => {
  const asked: string[] = [];
  const log = Buffer.from(output);
  const stream: KubernetesApi["stream"] = async ({ path }) => {
    const query = new URLSearchParams(path.split("?")[1]);
    query.delete("container");
    asked.push(query.toString());
    const part = partOfLog(log, query);
    const chunks = async function* () {
      for (let at = 0; at < part.length; at += 5000) yield part.subarray(at, at + 5000);
    };
    return { status: 200, headers: {}, chunks: chunks() } as unknown as Awaited<ReturnType<KubernetesApi["stream"]>>;
  };
  return { ...(await readLog({ stream } as KubernetesApi, "/log", { container: "task", ...limit })), asked };
};

const usual = { headBytes: 12 * 1024, tailBytes: 48 * 1024 };
const numbered = (count: number, text: string): string =>
  Array.from({ length: count }, (_, i) => `${i} ${text}\n`).join("");

test("output that fits is read completely with one request", async () => {
  const { head, tail, cutBytes, asked } = await read("first\nlast\n", usual);
  assert.deepEqual([head, tail, cutBytes, asked.length], ["first\nlast\n", "", 0, 1]);
});

test("keeps the end of 155 KB in short lines, as much as there is room for", async () => {
  const output = numbered(20_000, "ab");
  const { head, tail, asked } = await read(output, usual);
  assert.ok(output.startsWith(head) && head.length === usual.headBytes);
  assert.ok(output.endsWith(tail));
  assert.ok(tail.length > 0.99 * usual.tailBytes, `${tail.length} bytes of the end`);
  assert.equal(asked.length, 2);
});

test("short lines after long ones fill the room too, with a few more requests", async () => {
  const output = "x".repeat(2_000_000).replace(/.{1000}/g, "$&\n") + numbered(40_000, "");
  const { tail, asked } = await read(output, usual);
  assert.ok(output.endsWith(tail) && tail.length > 0.99 * usual.tailBytes, `${tail.length} bytes of the end`);
  assert.ok(asked.length <= 5, asked.join(" "));
});

test("long lines are cut, and no more of them is read than of short lines", async () => {
  const output = `${"y".repeat(3_000_000)}\nthe end\n`;
  const { tail } = await read(output, usual);
  assert.ok(tail.endsWith("y\nthe end\n") && tail.length <= usual.tailBytes);
});

test("a progress bar takes only the room of its last state", async () => {
  const bar = Array.from({ length: 30_000 }, (_, i) => `\rpulling ${i}`).join("");
  const { head, tail } = await read(`${numbered(9000, "before")}${bar}\r\nthe end\n`, usual);
  assert.ok(head.startsWith("0 before\n1 before\n"));
  assert.match(cleanText(tail), /8998 before\n8999 before\npulling 29999\nthe end\n$/);
  assert.ok(tail.length > 0.9 * usual.tailBytes, `${tail.length} bytes of the end`);
});
