// Every call to Keptn against every bad response: what the caller sees, and how often Keptn was asked.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { envelopeOf, type KeptnEvent } from "../../../functions/lib/core/event/keptn-event.ts";
import { makeStarted } from "../../../functions/lib/core/report/finished-event.ts";
import { IoError } from "../../../functions/lib/io-error.ts";
import { connectKeptnFiles, type KeptnFiles } from "../../../functions/lib/keptn/files.ts";
import { connectKeptn } from "../../../functions/lib/keptn/keptn.ts";
import type { Keptn } from "../../../functions/lib/keptn/ports.ts";
import { finishedOf } from "../../contract/keptn-bench.ts";
import type { Fault } from "../../doubles/keptn/faults.ts";
import { type KeptnDouble, startKeptn } from "../../doubles/keptn/keptn-double.ts";
import { settingsFor } from "../../doubles/keptn/settings.ts";

/** final: tried once; passing: retried until the budget ends. */
type Verdict = "final" | "passing" | "asked once";

interface Row {
  readonly name: string;
  readonly fault: Omit<Fault, "on" | "times">;
  readonly verdict: Verdict;
  /** Whether an event may have arrived. */
  readonly outcomeUnknown: boolean;
}

const row = (name: string, kind: Fault["kind"], verdict: Verdict, outcomeUnknown: boolean): Row => ({
  ...{ name, fault: { kind }, verdict, outcomeUnknown },
});
const html = { type: "text/html", body: "<html><body>Sign in</body></html>" } as const;
const refusal = (status: number) => ({
  status,
  type: "application/json" as const,
  body: JSON.stringify({ code: status, message: "as the test wants" }),
});

const rows: readonly Row[] = [
  ...[400, 403, 404, 413, 422].map((status) => row(`${status}`, refusal(status), "final", false)),
  row("401", refusal(401), "asked once", false),
  ...[424, 429, 503].map((status) => row(`${status}`, refusal(status), "passing", false)),
  ...[500, 502, 504].map((status) => row(`${status}`, refusal(status), "passing", true)),
  row("429 of the gateway, which calls it text", { ...refusal(429), type: "text/plain" }, "passing", false),
  row("413 of the gateway, in HTML", { ...html, status: 413 }, "final", false),
  row("a redirect", { status: 302, headers: { location: "http://127.0.0.1:1/login" } }, "passing", false),
  row("no answer, nothing done", "hang", "passing", true),
  { ...row("no answer, but done", "hang", "passing", true), fault: { kind: "hang", afterEffect: true } },
  row("the connection is cut", "reset", "passing", true),
  row("broken JSON", { status: 200, body: '{"keptnContext":' }, "passing", true),
  row("JSON of another shape", { status: 200, body: '["what?"]' }, "passing", true),
  row("HTML with a 200", { ...html, status: 200 }, "passing", true),
  row("a body without an end", "trickle", "passing", true),
];

/** A separate Keptn for each row, so that rows can wait concurrently. */
interface World {
  readonly double: KeptnDouble;
  readonly keptn: Keptn;
  readonly files: KeptnFiles;
  readonly event: KeptnEvent;
}

const patient = { API_PROXY_HTTP_TIMEOUT: "30", KEPTN_RETRY_SECONDS: "30", CLAIM_LEASE_SECONDS: "120" };

/** Short for rows that wait for a timeout, so that the table takes seconds instead of minutes; otherwise long enough for a busy machine. */
const patienceFor = ({ fault: { kind }, verdict }: Row) => {
  if (verdict !== "passing") return patient;
  return { API_PROXY_HTTP_TIMEOUT: kind === "hang" || kind === "trickle" ? "3" : "4", KEPTN_RETRY_SECONDS: "4" };
};

const withWorld = async (
  patience: Readonly<Record<string, string>>,
  act: (world: World) => Promise<void>,
): Promise<void> => {
  const double = await startKeptn();
  const settings = settingsFor(double, patience);
  const event = double.trigger({ type: "sh.keptn.event.test.triggered" });
  try {
    await act({ double, keptn: connectKeptn(settings), files: connectKeptnFiles(settings, event.data), event });
  } finally {
    await double.close();
  }
};

interface Asking {
  readonly on: RegExp;
  readonly ask: (world: World) => Promise<unknown>;
}

const observe = async (world: World, { on, ask }: Asking) => {
  const error = await ask(world).then(
    (value) => assert.fail(`it answered ${JSON.stringify(value)}`),
    (error) => error,
  );
  assert.ok(error instanceof IoError, `no IoError but ${error?.stack}`);
  return { error, asked: world.double.calls.filter((call) => on.test(call)).length };
};

const source = "job-executor-service";
const refOf = ({ event }: World) => ({ ...event, project: event.data.project });
const readThrough = async (chunks: AsyncIterable<Uint8Array> | undefined): Promise<void> => {
  for await (const _ of chunks ?? []);
};

describe("Keptn failures", { concurrency: 64 }, () => {
  const readings: Record<string, Asking> = {
    getJobConfig: {
      on: /job%252Fconfig/,
      ask: ({ keptn, event }) => keptn.getJobConfig({ ...event, gitcommitid: "" }),
    },
    getEventCounts: {
      on: /sequence-execution/,
      ask: ({ keptn, event }) => keptn.getEventCounts(envelopeOf(event), source),
    },
    isOpen: { on: /event\/triggered/, ask: (world) => world.keptn.isOpen(refOf(world)) },
    getEvent: { on: /event\/triggered/, ask: (world) => world.keptn.getEvent(refOf(world)) },
    listFiles: { on: /resource\?/, ask: ({ files }) => files.listFiles("service") },
    openFile: { on: /resource\/x/, ask: ({ files }) => files.openFile("service", "x").then(readThrough) },
  };
  for (const [name, asking] of Object.entries(readings)) {
    for (const row of rows) {
      // A file may take long, as long as data keeps arriving.
      if (name === "openFile" && row.fault.kind === "trickle") continue;
      test(`${name}, ${row.name}: ${row.verdict}`, () =>
        withWorld(patienceFor(row), async (world) => {
          world.double.fault({ ...row.fault, on: asking.on, times: Number.POSITIVE_INFINITY });
          const { error, asked } = await observe(world, asking);
          assert.equal(error.retryable, row.verdict !== "final", error.message);
          assert.equal(error.outcomeUnknown, false, "reading does nothing");
          if (row.verdict !== "passing") assert.equal(asked, 1);
        }));
    }
  }

  const on = /^POST v1\/event/;
  const sendStarted = { on, ask: ({ keptn, event }: World) => keptn.send(makeStarted(envelopeOf(event), source)) };
  const sendFinished = { on, ask: ({ keptn, event }: World) => keptn.send(finishedOf(event, {}, source)) };
  for (const [kind, sending] of Object.entries({ started: sendStarted, finished: sendFinished })) {
    for (const row of rows) {
      const once = row.outcomeUnknown || row.verdict !== "passing";
      test(`send of ${kind}, ${row.name}: ${once ? "sent once" : "retried, since it did not arrive"}`, () =>
        withWorld(patienceFor(row), async (world) => {
          world.double.fault({ ...row.fault, on, times: Number.POSITIVE_INFINITY });
          const { error, asked } = await observe(world, sending);
          // The budget may cut off the last attempt: then that one may have arrived too.
          const outcomeUnknown = row.outcomeUnknown || /no complete response/.test(error.message);
          assert.deepEqual(
            [error.retryable, error.outcomeUnknown],
            [row.verdict !== "final", outcomeUnknown],
            error.message,
          );
          assert.equal(asked === 1, once, `asked ${asked} times`);
        }));
    }
  }

  test("a started event whose response was lost is counted once", () =>
    withWorld(patient, async (world) => {
      world.double.fault({ on, kind: "reset", afterEffect: true });
      assert.equal((await observe(world, sendStarted)).error.outcomeUnknown, true);
      const count = await world.keptn.getEventCounts(envelopeOf(world.event), source);
      const own = { started: 1, finished: 0 };
      assert.deepEqual(count, { kind: "current", ...own, bySource: new Map([[source, own]]) });
    }));

  test("transient failures go unnoticed", () =>
    withWorld(patient, async ({ double, keptn, event }) => {
      for (const kind of [refusal(503), refusal(429), { ...html, status: 200 }, "reset", { delayMs: 100 }] as const) {
        double.fault({ on: /sequence-execution/, kind });
        assert.equal((await keptn.getEventCounts(envelopeOf(event), source)).kind, "current");
      }
    }));

  test("neither the error log nor the registration ever throws", () =>
    withWorld(patient, async ({ double, keptn }) => {
      double.fault({ on: /./, kind: refusal(400), times: Number.POSITIVE_INFINITY });
      await keptn.register();
      await keptn.logError({ message: "lost" });
      assert.deepEqual(double.plane.uniform.errorLog, []);
    }));
});
