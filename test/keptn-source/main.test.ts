// keptn-source as a process, started as the image starts it.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { describe, test } from "node:test";
import { freePort } from "../cluster/harness/function-process.ts";
import { startEventSink, until } from "../doubles/event-sink.ts";
import { startKeptn } from "../doubles/keptn/keptn-double.ts";

const launch = (env: Record<string, string | undefined>) =>
  spawn(process.execPath, ["functions/main.ts"], {
    env: { ...process.env, NODE_TEST_CONTEXT: undefined, FUNCTION: "keptn-source", ...env },
    timeout: 60_000,
  });

describe("keptn-source, the process", () => {
  test("exits with code 2 when settings are missing, and names them", async () => {
    const child = launch({ KEPTN_API_ENDPOINT: "", KEPTN_API_TOKEN: "t", K_SINK: "", PUBSUB_URL: "" });
    const [said, [code]] = await Promise.all([text(child.stderr), once(child, "close")]);
    assert.equal(code, 2);
    assert.match(said, /KEPTN_API_ENDPOINT is not set\./);
    assert.match(said, /K_SINK is not set/);
  });

  test("exits with code 2 when a file named by a setting does not exist", async () => {
    const settings = { KEPTN_API_ENDPOINT: "https://keptn/api", KEPTN_API_TOKEN: "t", K_SINK: "http://b" };
    const child = launch({ ...settings, KEPTN_CA_FILE: "/none/ca.pem" });
    const [said, [code]] = await Promise.all([text(child.stderr), once(child, "close")]);
    assert.equal(code, 2);
    assert.match(said, /\/none\/ca\.pem/);
  });

  test("serves its health, delivers, and shuts down gracefully", async (t) => {
    const [keptn, sink] = [await startKeptn(), await startEventSink()];
    t.after(() => Promise.all([keptn.close(), sink.close()]));
    const event = keptn.trigger({ type: "sh.keptn.event.evaluation.triggered" });
    const port = await freePort();
    const child = launch({
      KEPTN_API_ENDPOINT: keptn.endpoint,
      KEPTN_API_TOKEN: keptn.token,
      K_SINK: sink.url,
      PORT: String(port),
    });
    const [said, ended] = [text(child.stdout), once(child, "close")];
    const get = async (path: string) => {
      const answer = await fetch(`http://127.0.0.1:${port}${path}`).catch(() => undefined);
      return answer && { status: answer.status, type: answer.headers.get("content-type"), text: await answer.text() };
    };
    await until("ready", async () => (await get("/health/readiness"))?.status === 200, 60);
    await until("the event", () => sink.taken().includes(event.id));
    assert.deepEqual(await get("/health/liveness"), { status: 200, type: "text/plain; charset=utf-8", text: "OK\n" });
    const metrics = await get("/metrics");
    assert.match(metrics?.type ?? "", /^text\/plain; version=0\.0\.4/);
    assert.match(metrics?.text ?? "", /^keptn_source_sent_total 1$/m);
    assert.equal((await get("/other"))?.status, 404);
    child.kill("SIGTERM");
    assert.deepEqual(await ended, [0, null]);
    const messages = (await said)
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line).message);
    assert.deepEqual(messages, ["subscriptions", "sent", "stopped"]);
  });
});
