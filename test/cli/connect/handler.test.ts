// connect and disconnect when something is wrong, with an in-memory Keptn and cluster. For real ones: test/keptn/connect.test.ts.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { disconnect } from "../../../functions/cli/connect/disconnect.ts";
import { connect } from "../../../functions/cli/connect/handler.ts";
import { parseConnections } from "../../../functions/lib/core/connect/connections.ts";
import { probeType } from "../../../functions/lib/core/connect/probe.ts";
import { everyTask } from "../../../functions/lib/core/connect/selection.ts";
import { IoError } from "../../../functions/lib/io-error.ts";
import { open, url, usual } from "./harness.ts";

describe("connect", () => {
  test("leaves everything unchanged after connecting twice and disconnecting twice", async () => {
    const { state, run } = open();
    assert.equal((await run(connect, { lookEvery: "15m" })).code, 0);
    assert.deepEqual([state.subscriptions.map(({ event }) => event), state.schedule], [usual, "*/15 * * * *"]);
    assert.deepEqual(parseConnections(state.connections.data), [{ project: "p", events: [everyTask], broker: url }]);
    const again = await run(connect, { lookEvery: "15m" });
    assert.ok(!/^(done|error|warning)/m.test(again.said), again.said);
    assert.match(again.said, /every 15m: .* 96 times a day/);
    assert.equal(state.writes, 1);
    assert.equal((await run(disconnect)).code, 0);
    assert.deepEqual(
      [state.subscriptions, state.file, state.schedule, state.connections.data],
      [[], undefined, undefined, {}],
    );
    assert.match((await run(disconnect)).said, /^ok +webhook-service has none of our subscriptions/);
  });

  test("suggests a fix for the deny list; --allow applies it, and the last disconnect undoes it", async () => {
    const { state, run } = open({ denyList: "svc.cluster.local\nlocalhost" });
    const { code, said } = await run(connect);
    assert.deepEqual([code, state.subscriptions, state.file], [1, [], undefined]);
    assert.match(
      said,
      /-> kubectl -n keptn patch configmap keptn-webhook-config --type merge -p '\{"data":\{"denyList":"localhost"\}\}'/,
    );
    assert.equal((await run(connect, { allow: true })).code, 0);
    assert.equal(state.denyList, "localhost");
    await run(connect, { allow: true, stage: "dev" });
    await run(disconnect);
    assert.equal(state.denyList, "localhost", "another one is connected");
    await run(disconnect, { stage: "dev" });
    assert.equal(state.denyList, "localhost\nsvc.cluster.local");
  });

  test("changes nothing as a dry run, and lists what it would do", async () => {
    const { state, run } = open();
    const { code, said } = await run(connect, { dryRun: true, lookEvery: "1h" });
    assert.equal(code, 0);
    assert.deepEqual(
      [state.subscriptions, state.file, state.writes, state.schedule, state.connections.data],
      [[], undefined, 0, undefined, {}],
    );
    assert.equal(said.match(/^would/gm)?.length, 7, said);
    assert.ok(!said.includes("done"));
  });

  test("removes its subscriptions when it cannot write their webhooks", async () => {
    const { state, run } = open();
    state.failsToWrite = true;
    await assert.rejects(run(connect), IoError);
    assert.deepEqual(state.subscriptions, []);
  });

  for (const [what, given, options, expected] of [
    ["no such project", {}, { project: "q" }, /Project q does not exist in Keptn\..*\n.*keptn create project/],
    ["no such stage", {}, { stage: "prod" }, /Project p has no stage prod\.\n.*Use one of dev/],
    ["no such service", {}, { service: "x" }, /Project p has no service x\.\n.*Use one of carts/],
    [
      "a file that is broken",
      { file: "a: [" },
      {},
      /webhook\/webhook\.yaml of project p cannot be changed\. It is not valid YAML/,
    ],
    [
      "a probe that fails",
      { answer: { from: "webhook-service", result: "fail", message: "curl: (7) refused" } },
      {},
      /The probe event failed\. webhook-service: curl: \(7\) refused/,
    ],
    [
      "a probe that nobody answers",
      { answer: { from: "nobody", result: "", message: "" } },
      {},
      /No response to the probe event after 60 s/,
    ],
  ] as const) {
    test(`${what}: a message with the fix, and exit code 1`, async () => {
      const { code, said } = await open(given).run(connect, options);
      assert.equal(code, 1, said);
      assert.match(said, expected);
    });
  }

  test("goes on without write permission in our namespace or without a service to probe, and says so", async () => {
    const { code, said } = await open({ mayWrite: false, hasService: false }).run(connect);
    assert.equal(code, 0, said);
    assert.match(said, /lost events are not recovered: configmaps is forbidden/);
    assert.match(said, /No probe was sent: the project does not have a stage with a service yet/);
  });

  test("reports a usage error without a Broker or with an invalid option", async () => {
    await assert.rejects(
      open({ broker: undefined as unknown as string }).run(connect),
      /Broker keptn does not exist in namespace jes.*--url/,
    );
    await assert.rejects(open().run(connect, { url: "broker" }), /--url broker is not an http/);
    await assert.rejects(open().run(connect, { event: ["a.b"] }), /--event a\.b is not a Keptn event type/);
    await assert.rejects(open().run(connect, { lookEvery: "7m" }), /--look-every 7m does not divide an hour/);
  });

  test("keeps the webhook of a subscription that Keptn does not remove", async () => {
    const { state, run } = open({ forgetsRemovals: true });
    await run(connect);
    const { code, said } = await run(disconnect);
    assert.equal(code, 1);
    assert.match(said, /removed the subscription to .*, but still has it\. Its webhook stays/);
    assert.ok(state.file?.includes(probeType));
  });

  test("prints JSON for programs", async () => {
    const { stdout } = await open().run(connect, { format: "json", probe: false });
    const { project, url: to, events, steps } = JSON.parse(stdout);
    assert.deepEqual([project, to, events, steps[0].kind], ["p", url, usual.slice(0, 3), "ok"]);
  });
});
