import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import {
  type Finish,
  makeFinished,
  makeRefused,
  makeStarted,
} from "../../../../functions/lib/core/report/finished-event.ts";
import { parseResult } from "../../../../functions/lib/core/report/result.ts";
import type { TaskReport } from "../../../../functions/lib/core/report/task-report.ts";
import { emptyLog } from "../../../../functions/lib/core/text/log-text.ts";
import { testEvent } from "../../../runs.ts";

const report = (given: Partial<TaskReport> & { text?: string } = {}): TaskReport => ({
  task: "deploy",
  passed: true,
  ranToEnd: true,
  startedAt: "2026-01-02T03:04:10Z",
  endedAt: "2026-01-02T03:04:20Z",
  containers: [
    {
      name: "main",
      pod: "main-x7k2p",
      init: false,
      state: "completed after 10 s",
      failed: false,
      log: { ...emptyLog, head: given.text ?? "hello\n" },
    },
  ],
  ...given,
});
const failed = report({ passed: false, why: "container main ended with exit code 3 (Error) after 1 s." });

const finish = (given: Partial<Finish> = {}): Finish => {
  const reports = given.reports ?? [report()];
  return {
    event: testEvent,
    source: "job-executor-service",
    reports,
    results: reports.map(() => undefined),
    maxBytes: 49_152,
    ...given,
  };
};
const dataOf = (given: Partial<Finish> = {}): Record<string, unknown> => makeFinished(finish(given)).data as never;
const sizeOf = (event: unknown): number => Buffer.byteLength(JSON.stringify(event));

describe("started", () => {
  test("carries the scope and the labels, but nothing of the previous task", () => {
    assert.deepEqual(makeStarted(testEvent, "job-executor-service"), {
      specversion: "1.0",
      type: "sh.keptn.event.deployment.started",
      source: "job-executor-service",
      contenttype: "application/json",
      shkeptncontext: testEvent.shkeptncontext,
      triggeredid: testEvent.id,
      gitcommitid: testEvent.gitcommitid,
      shkeptnspecversion: "0.2.4",
      data: { project: "sockshop", stage: "dev", service: "carts", labels: { build: "17" } },
    });
  });
});

describe("finished", () => {
  test("passes with the output of every task, in the form JES users know", () => {
    const data = dataOf({ reports: [report(), report({ task: "check", text: "all good\n" })] });
    assert.equal(data["status"], "succeeded");
    assert.equal(data["result"], "pass");
    assert.deepEqual(data["labels"], { build: "17" });
    assert.match(
      String(data["message"]),
      /^Task 'deploy' finished successfully!\n\nLogs:\nContainer main of pod main-x7k2p/,
    );
    assert.match(String(data["message"]), /hello\n[\s\S]*Task 'check' finished successfully![\s\S]*all good\n/);
  });
  test("fails without being errored when a task ran to its end", () => {
    const data = dataOf({ reports: [failed] });
    assert.deepEqual([data["status"], data["result"]], ["succeeded", "fail"]);
    assert.match(String(data["message"]), /Task 'deploy' failed: container main ended with exit code 3/);
  });
  test("is errored when a task could not run to its end", () => {
    const data = dataOf({ reports: [{ ...failed, ranToEnd: false }] });
    assert.deepEqual([data["status"], data["result"]], ["errored", "fail"]);
  });
  test("is errored when the run itself has a problem", () => {
    const data = dataOf({ reports: [], problem: "its Job was deleted" });
    assert.deepEqual([data["status"], data["result"]], ["errored", "fail"]);
    assert.match(String(data["message"]), /its Job was deleted/);
  });
  test("has the times of the first and last Job for a test task", () => {
    const event = { ...testEvent, type: "sh.keptn.event.test.triggered" };
    const reports = [report(), report({ startedAt: "2026-01-02T03:05:00Z", endedAt: "2026-01-02T03:06:00Z" })];
    assert.deepEqual(dataOf({ event, reports })["test"], {
      start: "2026-01-02T03:04:10Z",
      end: "2026-01-02T03:06:00Z",
    });
    assert.equal(dataOf({ reports })["test"], undefined);
  });
});

describe("task results", () => {
  const withResult = (...texts: string[]) =>
    dataOf({ reports: texts.map(() => report()), results: texts.map((text) => parseResult(text)) });

  test("are merged into the event's data, later tasks winning", () => {
    const data = withResult('{"get-sli":{"a":1,"b":1}}', "get-sli:\n  b: 2\nresult: warning");
    assert.deepEqual(data["get-sli"], { a: 1, b: "2" });
    assert.equal(data["result"], "warning");
  });
  test("cannot change the event's scope or invent a verdict", () => {
    const data = withResult('{"project":"other","service":"other","labels":{"x":"y"}}');
    assert.deepEqual([data["project"], data["service"]], ["sockshop", "carts"]);
    assert.deepEqual([data["status"], data["result"]], ["succeeded", "pass"]);
    assert.deepEqual(data["labels"], { build: "17" });
  });
  for (const word of ["failed", "FAIL", "Pass", "error", "great", "", null, 1, true, { a: 1 }, 12345678901234567890n]) {
    const json = typeof word === "bigint" ? String(word) : JSON.stringify(word);
    test(`with result ${json}, which Keptn does not know, fail the task`, () => {
      const data = withResult(
        '{"deployment":"d"}',
        `{"result":${json},"message":"3 of 20 checks failed"}`,
        '{"result":"pass"}',
      );
      assert.deepEqual([data["status"], data["result"]], ["succeeded", "fail"]);
      const said = typeof word === "object" && word !== null ? "not a word" : json;
      assert.ok(
        String(data["message"]).includes(
          `Task 'deploy' failed: the result in its KEPTN_RESULT is ${said}; only pass, warning and fail are valid.`,
        ),
        String(data["message"]),
      );
      assert.match(String(data["message"]), /3 of 20 checks failed/);
    });
  }
  test("with a status that Keptn does not know fail the task too", () => {
    const data = withResult("result: pass\nstatus: error\n");
    assert.deepEqual([data["status"], data["result"]], ["succeeded", "fail"]);
    assert.match(
      String(data["message"]),
      /status in its KEPTN_RESULT is "error"; only succeeded, errored, unknown and/,
    );
  });
  test("keep all digits in the event that is sent", () => {
    const event = makeFinished(
      finish({
        results: [parseResult('{"a":{"id":20240101123456789}}'), parseResult('{"a":{"id":20240101123456790.1}}')],
      }),
    );
    assert.match(JSON.stringify(event), /"a":\{"id":20240101123456790\.1\}/);
  });
  test("in UTF-16 with lost characters fail the task, and a single invalid byte is reported", () => {
    const data = withResult('\ufffd\ufffd{\0"\0r\0\ufffd\0');
    assert.deepEqual([data["status"], data["result"]], ["succeeded", "fail"]);
    assert.match(String(data["message"]), /not in UTF-8 \(line 1, column 1\)/);
    const latin1 = withResult('{"result":"pass",\n"message":"Gr\ufffd\ufffde"}');
    assert.equal(latin1["result"], "pass");
    assert.match(String(latin1["message"]), /byte that is not UTF-8 in line 2, column 14/);
  });
  test("cannot turn a failure into a pass", () => {
    const data = dataOf({ reports: [failed], results: [parseResult('{"result":"pass"}')] });
    assert.equal(data["result"], "fail");
  });
  test("that are not an object appear in the message", () => {
    assert.match(String(withResult("just words")["message"]), /Termination message of task 'deploy'[\s\S]*just words/);
    assert.match(String(withResult("{broken: [")["message"]), /\{broken: \[/);
  });
  test("leave prototypes alone", () => {
    withResult(
      '{"__proto__":{"polluted":1},"a":{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}}',
    );
    assert.equal(({} as { polluted?: number }).polluted, undefined);
  });
});

describe("size", () => {
  const big = "x".repeat(200_000);
  test("stays within the limit by cutting the middle of the largest outputs; small ones stay whole", () => {
    const reports = [report({ text: "small and whole\n" }), report({ task: "big", text: big })];
    const event = makeFinished(finish({ reports }));
    assert.ok(sizeOf(event) <= 49_152 && sizeOf(event) > 45_000, `${sizeOf(event)}`);
    assert.match(String(event.data["message"]), /small and whole\n/);
    assert.match(String(event.data["message"]), /bytes of this output left out/);
  });
  test("is used up by the end of a long output, however short its lines", () => {
    const lines = Array.from({ length: 20_000 }, (_, i) => `${i}\n`).join("");
    const log = { head: lines.slice(0, 12_288), tail: lines.slice(-49_152), cutBytes: undefined };
    const [container] = report().containers;
    const event = makeFinished(finish({ reports: [report({ containers: [{ ...container!, log }] })] }));
    const { message } = event.data;
    assert.ok(sizeOf(event) <= 49_152 && sizeOf(event) > 0.98 * 49_152, `${sizeOf(event)} bytes`);
    const [, end = ""] = String(message).split("left out ...]\n");
    assert.ok(lines.endsWith(end) && end.length > 25_000, `${end.length} bytes of the end`);
  });

  test("stays within the limit when the results alone are too large", () => {
    const results = [parseResult(JSON.stringify({ custom: big }))];
    const event = makeFinished(finish({ results }));
    assert.ok(sizeOf(event) <= 49_152);
    assert.match(String(event.data["message"]), /too large/);
    assert.equal(event.data["custom"], undefined);
  });
  test("of a refusal stays within the limit", () => {
    assert.ok(sizeOf(makeRefused(testEvent, "s", { message: big, maxBytes: 4096 })) <= 4096);
  });
  test("stays within the limit for any output of any number of tasks", () => {
    const text = fc.string({ unit: fc.constantFrom("a", "\n", '"', "\u0001", "é", "😀"), maxLength: 3000 });
    fc.assert(
      fc.property(
        fc.array(text, { minLength: 1, maxLength: 6 }),
        fc.integer({ min: 4096, max: 9000 }),
        (texts, maxBytes) => {
          const event = makeFinished(finish({ reports: texts.map((log) => report({ text: log })), maxBytes }));
          assert.ok(sizeOf(event) <= maxBytes, `${sizeOf(event)} > ${maxBytes}`);
          assert.match(String(event.data["message"]), /^Task 'deploy' finished/);
        },
      ),
      { numRuns: 200 },
    );
  });
});

describe("labels of the event", () => {
  const event = { ...testEvent, labels: { large: "x".repeat(200_000) } };
  test("are left out of our events when they are too large; the message stays", () => {
    assert.equal(makeStarted(event, "s").data["labels"], undefined);
    const { data } = makeRefused(event, "s", { message: "it is wrong", maxBytes: 49_152 });
    assert.equal(data["labels"], undefined);
    assert.match(String(data["message"]), /it is wrong/);
  });
});

test("the output of a task is reported without control characters", () => {
  const results = [parseResult("\u001b[31mred\u0000")];
  assert.match(String(makeFinished(finish({ results })).data["message"]), /\nred\ufffd\n/);
  const said = [parseResult('{"message":"\\u001b[31mred\\u0000"}')];
  assert.match(String(makeFinished(finish({ results: said })).data["message"]), /^red\ufffd$/m);
});
