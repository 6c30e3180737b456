// connect and disconnect where something is wrong: on a Keptn and a cluster that are values. On real ones: test/keptn/connect.test.ts.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { disconnect } from "../../../functions/cli/connect/disconnect.ts";
import { connect } from "../../../functions/cli/connect/handler.ts";
import { listConnected } from "../../../functions/cli/connect/list.ts";
import type { ConnectOptions, ConnectPorts } from "../../../functions/cli/connect/ports.ts";
import { parseConnections } from "../../../functions/core/connect/connections.ts";
import { probeType } from "../../../functions/core/connect/probe.ts";
import { everyTask, type WebhookSubscription } from "../../../functions/core/connect/selection.ts";
import { IoError } from "../../../functions/io/io-error.ts";
import type { ProbeAnswer } from "../../../functions/io/keptn/webhooks.ts";
import type { Connections } from "../../../functions/io/kubernetes/connections.ts";
import { makeTerminal } from "../../doubles/terminal.ts";

interface Given {
  readonly file?: string;
  readonly subscriptions?: readonly WebhookSubscription[];
  readonly hasService?: boolean;
  readonly denyList?: string;
  readonly answer?: ProbeAnswer;
  readonly broker?: string;
  readonly mayWrite?: boolean;
  readonly forgetsRemovals?: boolean;
  readonly mayRead?: boolean;
}

const forbidden = new IoError("configmaps is forbidden", { retryable: false, httpStatus: 403 });
const url = "http://broker-ingress.knative-eventing.svc.cluster.local/jes/keptn";

const shipyardOf = (...tasks: readonly string[]) =>
  `spec: {stages: [{name: dev, sequences: [{name: delivery, tasks: [${tasks.map((name) => `{name: ${name}}`)}]}]}]}`;
const typeOf = (task: string) => `sh.keptn.event.${task}.triggered`;
const usual = ["deploy", "evaluation", "get-sli", "job-executor-probe"].map(typeOf);
const other = (event: string): WebhookSubscription => ({
  ...{ id: "theirs", event, filter: { projects: ["shop"], stages: [], services: [] } },
});

const open = (given: Given = {}) => {
  let [nowMs, made] = [0, 0];
  const state = {
    file: given.file,
    denyList: given.denyList ?? "localhost",
    subscriptions: [...(given.subscriptions ?? [])],
    connections: { data: {}, allowed: [] } as Connections,
    schedule: undefined as string | undefined,
    shipyard: shipyardOf("deploy"),
    writes: 0,
    failsToWrite: false,
  };
  const ports: ConnectPorts = {
    now: () => new Date(nowMs),
    sleep: async (ms) => {
      nowMs += ms;
    },
    keptn: {
      getProject: async (name) =>
        name === "p" ? { stages: [{ name: "dev", services: given.hasService === false ? [] : ["carts"] }] } : undefined,
      readShipyard: async () => state.shipyard,
      findIntegration: async () => ({ id: "w", subscriptions: state.subscriptions }),
      create: async (_, body) => {
        made += 1;
        state.subscriptions.push({ ...body, id: `s${made}` });
        return `s${made}`;
      },
      remove: async (_, id) => {
        if (!given.forgetsRemovals) state.subscriptions = state.subscriptions.filter((one) => one.id !== id);
      },
      readFile: async () => state.file,
      writeFile: async (_, text) => {
        if (state.failsToWrite) throw new IoError("Keptn POST resource: 500", { retryable: true });
        state.writes += 1;
        state.file = text;
      },
      deleteFile: async () => {
        state.file = undefined;
      },
      sendProbe: async () => "context",
      listAnswers: async () =>
        [given.answer ?? { from: "job-executor-service", result: "pass", message: "" }].filter(
          ({ from }) => from !== "nobody",
        ),
    },
    cluster: {
      getBrokerUrl: async () => ("broker" in given ? given.broker : url),
      getDenyList: async () => state.denyList,
      setDenyList: async (_, text) => {
        state.denyList = text;
      },
      readConnections: async () => {
        if (given.mayRead === false) throw forbidden;
        return state.connections;
      },
      writeConnections: async (_, next) => {
        if (given.mayWrite === false) throw forbidden;
        state.connections = next;
      },
      getLookTimer: async () => state.schedule,
      applyLookTimer: async (_, schedule) => {
        state.schedule = schedule;
      },
      deleteLookTimer: async () => {
        state.schedule = undefined;
      },
    },
  };
  const run = async (act: typeof connect, more: Partial<ConnectOptions> = {}) => {
    const terminal = makeTerminal(() => new Date(0));
    const options = { project: "p", namespace: "jes", keptnNamespace: "keptn", probe: true, format: "text" } as const;
    const code = await act({ ...options, ...more }, ports, terminal);
    return { code, said: terminal.stderr.join("\n"), stdout: terminal.stdout.join("\n") };
  };
  return { state, run };
};

describe("connect", () => {
  test("twice, and disconnect twice: everything is as it was before", async () => {
    const { state, run } = open();
    assert.equal((await run(connect, { lookEvery: "15m" })).code, 0);
    assert.deepEqual([state.subscriptions.map(({ event }) => event), state.schedule], [usual, "*/15 * * * *"]);
    assert.deepEqual(parseConnections(state.connections.data), [{ project: "p", events: [everyTask], broker: url }]);
    const again = await run(connect, { lookEvery: "15m" });
    assert.ok(!/^(done|error|warning)/m.test(again.said), again.said);
    assert.match(again.said, /every 15m: 96 times a day/);
    assert.equal(state.writes, 1);
    assert.equal((await run(disconnect)).code, 0);
    assert.deepEqual(
      [state.subscriptions, state.file, state.schedule, state.connections.data],
      [[], undefined, undefined, {}],
    );
    assert.match((await run(disconnect)).said, /^ok +webhook-service has no subscription of ours/);
  });

  test("with a deny list says the one line that mends it; --allow does it, and the last disconnect undoes it", async () => {
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

  test("as a dry run changes nothing, and says what it would", async () => {
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

  test("takes its subscriptions back when it cannot write their webhooks", async () => {
    const { state, run } = open();
    state.failsToWrite = true;
    await assert.rejects(run(connect), IoError);
    assert.deepEqual(state.subscriptions, []);
  });

  for (const [what, given, options, expected] of [
    ["no such project", {}, { project: "q" }, /Keptn has no project q\..*\n.*keptn create project/],
    ["no such stage", {}, { stage: "prod" }, /Project p has no stage prod\.\n.*Name one of dev/],
    ["no such service", {}, { service: "x" }, /Project p has no service x\.\n.*Name one of carts/],
    [
      "a file that is broken",
      { file: "a: [" },
      {},
      /webhook\/webhook\.yaml of project p cannot be changed\. It is no YAML/,
    ],
    [
      "a probe that fails",
      { answer: { from: "webhook-service", result: "fail", message: "curl: (7) refused" } },
      {},
      /A probe failed, says webhook-service: curl: \(7\) refused/,
    ],
    [
      "a probe that nobody answers",
      { answer: { from: "nobody", result: "", message: "" } },
      {},
      /A probe got no answer for 60 s/,
    ],
  ] as const) {
    test(`${what}: a sentence with the fix, and exit code 1`, async () => {
      const { code, said } = await open(given).run(connect, options);
      assert.equal(code, 1, said);
      assert.match(said, expected);
    });
  }

  test("goes on where it may not write in our namespace, or there is nothing to probe, and says so", async () => {
    const { code, said } = await open({ mayWrite: false, hasService: false }).run(connect);
    assert.equal(code, 0, said);
    assert.match(said, /lost events are not looked for: configmaps is forbidden/);
    assert.match(said, /No probe was sent: the project has no stage with a service yet/);
  });

  test("without a Broker, or with an option that makes no sense, is wrong usage", async () => {
    await assert.rejects(
      open({ broker: undefined as unknown as string }).run(connect),
      /Broker keptn is not in namespace jes.*--url/,
    );
    await assert.rejects(open().run(connect, { url: "broker" }), /--url broker is no http/);
    await assert.rejects(open().run(connect, { event: ["a.b"] }), /--event a\.b is no type/);
    await assert.rejects(open().run(connect, { lookEvery: "7m" }), /--look-every 7m divides no hour/);
  });

  test("keeps the webhook of a subscription that Keptn does not let go", async () => {
    const { state, run } = open({ forgetsRemovals: true });
    await run(connect);
    const { code, said } = await run(disconnect);
    assert.equal(code, 1);
    assert.match(said, /Keptn still has the subscription to .*Its webhook stays/);
    assert.ok(state.file?.includes(probeType));
  });

  test("prints JSON for programs", async () => {
    const { stdout } = await open().run(connect, { format: "json", probe: false });
    const { project, url: to, events, steps } = JSON.parse(stdout);
    assert.deepEqual([project, to, events, steps[0].kind], ["p", url, usual.slice(0, 3), "ok"]);
  });

  test("follows the shipyard file: a task that came is added, one that went is removed", async () => {
    const { state, run } = open();
    await run(connect);
    state.shipyard = shipyardOf("deploy", "test");
    const { code, said } = await run(connect);
    assert.equal(code, 0);
    assert.deepEqual(said.match(/^done.*/gm), [
      "done     Subscription to sh.keptn.event.test.triggered made (s5).",
      "done     webhook/webhook.yaml of project p: 1 of our webhooks written.",
    ]);
    state.shipyard = shipyardOf("test");
    assert.match((await run(connect)).said, /^done +Subscription to sh\.keptn\.event\.deploy\.triggered removed/m);
    assert.ok(!state.subscriptions.some(({ event }) => event === typeOf("deploy")));
  });

  test("warns where the shipyard file names no task", async () => {
    const { state, run } = open();
    state.shipyard = "spec: [";
    assert.match((await run(connect)).said, /^warning +The shipyard file names no task of project p/m);
    assert.deepEqual(
      state.subscriptions.map(({ event }) => event),
      usual.slice(1),
    );
  });

  test("with a pattern has no subscription of the probe's own, and sees the probe come by the pattern", async () => {
    const { state, run } = open();
    await run(connect);
    const { code, said } = await run(connect, { event: [everyTask, "deploy"] });
    assert.deepEqual([code, state.subscriptions.map(({ event }) => event)], [0, [everyTask]]);
    assert.match(said, /A probe came to start-job/);
  });

  for (const [what, theirs, options, expected] of [
    [
      "task names beside somebody's *",
      everyTask,
      {},
      /subscription to sh\.keptn\.event\.\*\.triggered \(project shop, theirs\)\. sh\.keptn\.event\.deploy\.triggered and .*\n.*-> Subscribe that one by the names.*disconnect --project shop.*--event 'sh\.keptn\.event\.\*\.triggered'/,
    ],
    [
      "* beside somebody's task",
      typeOf("build"),
      { event: [everyTask] },
      /subscription to sh\.keptn\.event\.build\.triggered \(project shop, theirs\)\. sh\.keptn\.event\.\*\.triggered cannot.*\n.*-> Name tasks/,
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

  test("beside somebody's subscription to the very same event is fine", async () => {
    for (const event of [everyTask, typeOf("deploy")]) {
      const { code, said } = await open({ subscriptions: [other(event)] }).run(connect, { event: [event] });
      assert.equal(code, 0, said);
    }
  });
});

describe("connect --list", () => {
  const list: typeof connect = (options, ports, terminal) => listConnected(options, ports, terminal);

  test("says which tasks are not connected, where every task was to be", async () => {
    const { state, run } = open();
    await run(connect);
    assert.equal((await run(list)).said, "");
    state.shipyard = shipyardOf("deploy", "test");
    const { said, stdout } = await run(list);
    assert.equal(
      said,
      "project p: sh.keptn.event.test.triggered not connected. -> job-executor connect --project p again adds what is missing.",
    );
    assert.equal(stdout.split("\n").length, 4);
  });

  test("says nothing of tasks that somebody left out, or where it may not read what was to be connected", async () => {
    const narrowed = open();
    await narrowed.run(connect, { event: ["evaluation"] });
    assert.equal((await narrowed.run(list)).said, "");
    const forbidding = open({ mayRead: false });
    await forbidding.run(connect, { event: [everyTask] });
    forbidding.state.shipyard = shipyardOf("deploy", "test");
    assert.equal((await forbidding.run(list)).said, "");
  });

  test("says which subscriptions take events from each other", async () => {
    const { state, run } = open();
    await run(connect);
    state.subscriptions.push(other(everyTask));
    assert.match(
      (await run(list)).said,
      /^An event that fits sh\.keptn\.event\.\*\.triggered \(project shop\) and one of sh\.keptn\.event\.deploy\.triggered \(project p\), .*both lose some/,
    );
  });
});
