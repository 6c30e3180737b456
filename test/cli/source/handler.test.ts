// job-executor source as a process between a Keptn double and a sink.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { describe, test } from "node:test";
import { sayLine } from "../../../functions/cli/source/say-line.ts";
import type { LogLine } from "../../../functions/lib/process.ts";
import { bundledCli } from "../../cluster/harness/bundled-programs.ts";
import { startEventSink, until } from "../../doubles/event-sink.ts";
import { startKeptn } from "../../doubles/keptn/keptn-double.ts";

const main = await bundledCli();

test("job-executor source delivers Keptn's events to a sink until it is interrupted", async (t) => {
  const [keptn, sink] = [await startKeptn(), await startEventSink()];
  t.after(() => Promise.all([keptn.close(), sink.close()]));
  const event = keptn.trigger({ type: "sh.keptn.event.test.triggered" });
  const env = {
    ...process.env,
    KEPTN_API_ENDPOINT: keptn.endpoint,
    KEPTN_API_TOKEN: keptn.token,
    NODE_TEST_CONTEXT: undefined,
  };
  const child = spawn(process.execPath, [main, "source", "--sink", sink.url], {
    env: { ...env, PUBSUB_TOPIC: event.type },
    timeout: 60_000,
  });
  const [said, ended] = [text(child.stderr), once(child, "close")];
  await until("the event", () => sink.taken().includes(event.id), 60);
  child.kill("SIGINT");
  const [code] = await ended;
  const lines = (await said).trim().split("\n");
  assert.equal(code, 0);
  assert.match(lines[0] ?? "", /^Forwarding events from http.*, polled every 10 s, to http.* Press Ctrl-C to stop\.$/);
  assert.match(
    lines.join("\n"),
    /test\.triggered of sockshop\/dev\/carts \(.{36}\): sent, \d+\.\d s after it happened/,
  );
  assert.equal(keptn.plane.uniform.integrations.size, 0, "the Bridge hears nothing of it");
});

test("job-executor source reports all missing settings, and exits with code 2", async () => {
  const env = { PATH: process.env["PATH"], NO_COLOR: "1" };
  const child = spawn(process.execPath, [main, "source", "--sink", "here"], { env, timeout: 60_000 });
  const [said, [code]] = await Promise.all([text(child.stderr), once(child, "close")]);
  assert.equal(code, 2);
  assert.match(said, /KEPTN_API_ENDPOINT is not set\.[\s\S]*K_SINK="here" is not an http:\/\/ or https:\/\/ address/);
});

describe("lines of source", () => {
  const say = (line: LogLine, verbose = false): string[] => {
    const said: string[] = [];
    const now = () => new Date(2026, 0, 2, 3, 4, 5);
    const style = (format: unknown, given: string) => (format === "dim" ? given : `<${String(format)}>${given}`);
    sayLine(line, { terminal: { say: (one) => void said.push(one), style, now }, verbose });
    return said;
  };
  const filter = { projects: ["sockshop"], stages: [], services: ["carts"] };

  for (const [line, expected] of [
    [{ level: "warn", message: "NATS: lost" }, "<yellow>NATS: lost"],
    [
      { level: "error", message: "refused", type: "sh.keptn.event.a.triggered", at: "p/s/c", context: "1" },
      "<red>a.triggered of p/s/c (1): refused",
    ],
    [{ level: "info", message: "subscriptions", subscriptions: [] }, "subscribed to nothing"],
    [
      { level: "info", message: "subscriptions", subscriptions: [{ event: "a.b", filter }] },
      "subscribed to a.b (sockshop, carts)",
    ],
  ] as const) {
    test(expected, () => assert.deepEqual(say(line), [`03:04:05  ${expected}`]));
  }
  test("at debug level appear only with --verbose", () => {
    const line = { level: "debug", message: "no event" } as const;
    assert.deepEqual([say(line), say(line, true)], [[], ["03:04:05  no event"]]);
  });
});
