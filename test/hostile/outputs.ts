// What a task can write: to its output, and to KEPTN_RESULT.
import type { Fate } from "../doubles/kubernetes/job-controller.ts";

export interface HostileOutput {
  readonly what: string;
  readonly fate: Fate;
  /** In the message of the finished event. */
  readonly says: RegExp;
  /** Of its data. */
  readonly data?: Readonly<Record<string, unknown>>;
}

const mega = 1_000_000;

export const hostileOutputs: readonly HostileOutput[] = [
  {
    what: "control characters and NULs",
    fate: { log: "a\u0000b\u0007c\u009bd\u007fe\b\n" },
    says: /^a\ufffdb\ufffdc\ufffde\ufffd$/m, // U+009B begins a control sequence, of which d is the end
  },
  {
    what: "sequences for terminals",
    fate: { log: "\u001b[31mred\u001b[0m \u001b]0;title\u0007and\u001b[2J \u001b]52;c;aGk=\u001b\\clean\n" },
    says: /^red and clean$/m,
  },
  {
    what: "sequences for terminals that never end",
    fate: { log: Buffer.from(`${"\u001b]0;".repeat(mega)}${"\u001b[".repeat(mega)}`) },
    says: /left out/,
  },
  { what: "a line of 100 MB", fate: { log: Buffer.alloc(100 * mega, "x") }, says: /left out/ },
  { what: "100 MB of NULs", fate: { log: Buffer.alloc(100 * mega) }, says: /left out/ },
  { what: "100 MB of empty lines", fate: { log: Buffer.alloc(100 * mega, "\n") }, says: /left out/ },
  { what: "100 MB that is no UTF-8", fate: { log: Buffer.alloc(100 * mega, 0xff) }, says: /left out/ },
  { what: "100 MB of halves of characters", fate: { log: Buffer.alloc(100 * mega, 0x80) }, says: /left out/ },
  {
    what: "what looks like a line of ours",
    fate: { log: '{"level":"error"}\r\n"}],"result":"fail"\r' },
    says: /"result":"fail"/,
  },
  {
    what: "a result with control characters",
    fate: { message: "\u001b[31mred\u0000\u0007" },
    says: /^red\ufffd\ufffd$/m,
  },
  {
    what: "a message with control characters",
    fate: { message: '{"message":"\\u001b[31mred\\u0000"}' },
    says: /^red\ufffd$/m,
  },
  {
    what: "a result that would be another's",
    fate: {
      message: '{"__proto__":{"polluted":1},"constructor":1,"project":"other","triggeredid":"x","status":"none"}',
    },
    says: /only succeeded, errored, unknown and aborted are valid/,
    data: { project: "sockshop", status: "succeeded", result: "fail" },
  },
  {
    what: "a result that is a YAML bomb",
    fate: {
      message: `a: &a [x,x]\n${[..."bcdefghijklmnop"].map((name, i) => `${name}: &${name} [${`*${"abcdefghijklmnop"[i]},`.repeat(9)}]`).join("\n")}`,
    },
    says: /not a JSON or YAML object/,
  },
  {
    what: "a result that is deep",
    fate: { message: `{"a":${"[".repeat(50_000)}${"]".repeat(50_000)}}` },
    says: /not a JSON or YAML object/,
  },
  {
    what: "a result of 1 MB",
    fate: { message: JSON.stringify({ a: "x".repeat(mega) }) },
    says: /were too large for the event/,
  },
];
