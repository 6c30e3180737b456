// Which events connect subscribes to, and which subscriptions of others it must not affect.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { connect } from "../../../functions/cli/connect/handler.ts";
import { listConnected } from "../../../functions/cli/connect/list.ts";
import { everyTask } from "../../../functions/lib/core/connect/selection.ts";
import { open, other, shipyardOf, typeOf, usual } from "./harness.ts";

describe("connect", () => {
  test("follows the shipyard file: new tasks are added, removed tasks are removed", async () => {
    const { state, run } = open();
    await run(connect);
    state.shipyard = shipyardOf("deploy", "test");
    const { code, said } = await run(connect);
    assert.equal(code, 0);
    assert.deepEqual(said.match(/^done.*/gm), [
      "done     Created subscription to sh.keptn.event.test.triggered (s5).",
      "done     webhook/webhook.yaml of project p: 1 of our webhooks written.",
    ]);
    state.shipyard = shipyardOf("test");
    assert.match((await run(connect)).said, /^done +Removed subscription to sh\.keptn\.event\.deploy\.triggered/m);
    assert.ok(!state.subscriptions.some(({ event }) => event === typeOf("deploy")));
  });

  test("warns when the shipyard file has no tasks", async () => {
    const { state, run } = open();
    state.shipyard = "spec: [";
    assert.match((await run(connect)).said, /^warning +The shipyard file has no tasks for project p/m);
    assert.deepEqual(
      state.subscriptions.map(({ event }) => event),
      usual.slice(1),
    );
  });

  test("needs no subscription for the probe when a pattern covers it, and sees the probe arrive", async () => {
    const { state, run } = open();
    await run(connect);
    const { code, said } = await run(connect, { event: [everyTask, "deploy"] });
    assert.deepEqual([code, state.subscriptions.map(({ event }) => event)], [0, [everyTask]]);
    assert.match(said, /A probe event reached start-job/);
  });

  for (const [what, theirs, options, expected] of [
    [
      "task names beside somebody's *",
      everyTask,
      {},
      /subscription to sh\.keptn\.event\.\*\.triggered \(project shop, theirs\)\. It conflicts with sh\.keptn\.event\.deploy\.triggered and .*\n.*-> Replace that subscription with one for each task name.*disconnect --project shop.*--event 'sh\.keptn\.event\.\*\.triggered'/,
    ],
    [
      "* beside somebody's task",
      typeOf("build"),
      { event: [everyTask] },
      /subscription to sh\.keptn\.event\.build\.triggered \(project shop, theirs\)\. It conflicts with sh\.keptn\.event\.\*\.triggered.*\n.*-> Name tasks/,
    ],
    [
      "a task beside somebody's >",
      "sh.keptn.>",
      { event: ["deploy"] },
      /subscription to sh\.keptn\.> \(.*\n.*connect again\)\.$/,
    ],
  ] as const) {
    test(`${what}: both would lose events, so nothing is changed`, async () => {
      const { state, run } = open({ subscriptions: [other(theirs)], denyList: "svc.cluster.local" });
      const { code, said } = await run(connect, { ...options, allow: true });
      assert.match(said, expected);
      assert.deepEqual(
        [code, state.subscriptions.length, state.file, state.denyList, state.connections.data],
        [1, 1, undefined, "svc.cluster.local", {}],
      );
    });
  }

  test("accepts somebody else's subscription to the very same event", async () => {
    for (const event of [everyTask, typeOf("deploy")]) {
      const { code, said } = await open({ subscriptions: [other(event)] }).run(connect, { event: [event] });
      assert.equal(code, 0, said);
    }
  });
});

describe("connect --list", () => {
  test("lists tasks that are not connected, when all tasks should be", async () => {
    const { state, run } = open();
    await run(connect);
    assert.equal((await run(listConnected)).said, "");
    state.shipyard = shipyardOf("deploy", "test");
    const { said, stdout } = await run(listConnected);
    assert.equal(
      said,
      "project p: sh.keptn.event.test.triggered not connected. -> To connect: job-executor connect --project p",
    );
    assert.equal(stdout.split("\n").length, 4);
  });

  test("lists no tasks that somebody left out, and nothing when it may not read the connections", async () => {
    const narrowed = open();
    await narrowed.run(connect, { event: ["evaluation"] });
    assert.equal((await narrowed.run(listConnected)).said, "");
    const forbidding = open({ mayRead: false });
    await forbidding.run(connect, { event: [everyTask] });
    forbidding.state.shipyard = shipyardOf("deploy", "test");
    assert.equal((await forbidding.run(listConnected)).said, "");
  });

  test("lists subscriptions that take events from each other", async () => {
    const { state, run } = open();
    await run(connect);
    state.subscriptions.push(other(everyTask));
    assert.match(
      (await run(listConnected)).said,
      /^An event that matches sh\.keptn\.event\.\*\.triggered \(project shop\) and one of sh\.keptn\.event\.deploy\.triggered \(project p\), .*both lose events/,
    );
  });
});
