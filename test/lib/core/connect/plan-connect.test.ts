import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  keyOf,
  parseConnections,
  scheduleOf,
  wakesPerDay,
} from "../../../../functions/lib/core/connect/connections.ts";
import { denyingLines, withLines, withoutLines } from "../../../../functions/lib/core/connect/deny-list.ts";
import {
  makeWebhook,
  missingWebhooks,
  planConnect,
  planDisconnect,
} from "../../../../functions/lib/core/connect/plan-connect.ts";
import { probeType } from "../../../../functions/lib/core/connect/probe.ts";
import { eventTypeOf, everyTask } from "../../../../functions/lib/core/connect/selection.ts";
import { changeWebhooks, readWebhooks } from "../../../../functions/lib/core/connect/webhook-file.ts";

const url = "http://broker-ingress.knative-eventing.svc.cluster.local/jes/keptn";
const selection = { project: "sockshop" };
const filter = { projects: ["sockshop"], stages: [], services: [] };
const webhook = (id: string, event = everyTask) => makeWebhook(event, id, url);

const foreign = `# Ours is the chat.
apiVersion: webhookconfig.keptn.sh/v1alpha1
kind: WebhookConfig
metadata: {name: chat}
spec:
  webhooks:
    - type: "sh.keptn.event.release.finished" # all stages
      subscriptionID: f
      requests: ["curl -d '{{.data.project}}' https://chat.example.com"]
`;

const textOf = (changed: ReturnType<typeof changeWebhooks>): string => {
  assert.ok("text" in changed && changed.text !== undefined);
  return changed.text;
};

describe("webhook.yaml", () => {
  test("is created, and removed when empty again", () => {
    const text = textOf(changeWebhooks(undefined, { put: [webhook("1")], remove: [] }));
    const known = readWebhooks(text);
    assert.ok(!("problem" in known));
    assert.deepEqual(known, [{ ...webhook("1"), isOurs: true }]);
    assert.deepEqual(changeWebhooks(text, { put: [], remove: ["1"] }), { text: undefined });
  });
  test("keeps entries of others byte for byte, with comments", () => {
    const text = textOf(changeWebhooks(foreign, { put: [webhook("1"), webhook("2", probeType)], remove: ["gone"] }));
    assert.ok(text.startsWith(foreign.trimEnd()), text);
    const known = readWebhooks(text);
    assert.ok(!("problem" in known));
    assert.deepEqual(
      known.map(({ subscriptionID, isOurs }) => [subscriptionID, isOurs]),
      [
        ["f", false],
        ["1", true],
        ["2", true],
      ],
    );
    assert.equal(textOf(changeWebhooks(text, { put: [], remove: ["1", "2"] })), foreign);
  });
  test("is left alone when webhook-service could not read it, with the reason", () => {
    for (const [text, problem] of [
      ["a: [", /^It is not valid YAML/],
      ["apiVersion: v1", /^Its apiVersion is v1/],
      ["apiVersion: webhookconfig.keptn.sh/v1beta1\nspec: {webhooks: 7}", /is not a list/],
    ] as const) {
      const changed = changeWebhooks(text, { put: [webhook("1")], remove: [] });
      assert.match("problem" in changed ? changed.problem : "", problem);
    }
  });
});

const named = "sh.keptn.event.test.triggered";

describe("a plan to connect", () => {
  const subscriptions = [
    { id: "1", event: named, filter },
    { id: "2", event: probeType, filter },
    { id: "f", event: named, filter },
    { id: "o", event: named, filter: { ...filter, projects: ["other"] } },
  ];
  const ours = [webhook("1", named), webhook("2", probeType)].map((one) => ({ ...one, isOurs: true }));
  const theirs = { ...webhook("f", named), isOurs: false };
  test("creates missing subscriptions and one for the probe", () => {
    const { wanted, unwanted, orphans, overlaps } = planConnect(selection, [named], {
      subscriptions: [],
      webhooks: [],
    });
    assert.deepEqual([wanted, unwanted, orphans, overlaps], [[{ event: named }, { event: probeType }], [], [], []]);
  });
  test("needs one subscription when a pattern covers the others and the probe", () => {
    const { wanted } = planConnect(selection, [named, everyTask, everyTask], { subscriptions: [], webhooks: [] });
    assert.deepEqual(wanted, [{ event: everyTask }]);
  });
  test("leaves correct subscriptions and those of others alone", () => {
    const found = { subscriptions, webhooks: [...ours, theirs] };
    const { wanted, unwanted, overlaps } = planConnect(selection, [named], found);
    assert.deepEqual([wanted.map(({ id }) => id), unwanted, overlaps], [["1", "2"], [], []]);
    assert.deepEqual(missingWebhooks(found.webhooks, [webhook("1", named), webhook("2", probeType)]), []);
    assert.deepEqual(missingWebhooks(found.webhooks, [makeWebhook(named, "1", "http://other")]).length, 1);
    assert.deepEqual(
      planDisconnect(selection, found).unwanted.map(({ id }) => id),
      ["1", "2"],
    );
  });
  test("completes an interrupted connect: a subscription without a webhook", () => {
    const { wanted } = planConnect(selection, [named], { subscriptions: subscriptions.slice(0, 2), webhooks: [] });
    assert.deepEqual(
      wanted.map(({ id }) => id),
      ["1", "2"],
    );
  });
  test("follows a changed selection, and removes our webhooks without a subscription", () => {
    const found = { subscriptions, webhooks: [...ours, { ...webhook("gone"), isOurs: true }] };
    const { wanted, unwanted, orphans } = planConnect(selection, ["sh.keptn.event.release.triggered"], found);
    assert.deepEqual(wanted, [{ event: "sh.keptn.event.release.triggered" }, { event: probeType, id: "2" }]);
    assert.deepEqual([unwanted.map(({ id }) => id), orphans], [["1"], ["gone"]]);
  });
  test("finds whose events it would take: not its own outdated subscriptions, but everybody else's, in other projects too", () => {
    const found = { subscriptions, webhooks: [...ours, theirs] };
    const { unwanted, overlaps } = planConnect(selection, [everyTask], found);
    assert.deepEqual(
      unwanted.map(({ id }) => id),
      ["1", "2"],
    );
    assert.deepEqual(
      overlaps.map(({ other, wanted }) => [other.id, wanted]),
      [
        ["f", [everyTask]],
        ["o", [everyTask]],
      ],
    );
  });
});

describe("the deny list", () => {
  const usual = "kubernetes\nkubernetes.default\nsvc.cluster.local\ncluster.local\nlocalhost\n::1";
  test("denies a Service by the name in its address, however it is written", () => {
    for (const host of ["broker-ingress.knative-eventing", "broker-ingress.knative-eventing.svc.cluster.local:80"]) {
      assert.deepEqual(denyingLines(`http://${host}/jes/keptn`, usual), ["svc.cluster.local", "cluster.local"]);
    }
    assert.deepEqual(denyingLines("https://broker.example.com/jes/keptn", usual), []);
    assert.deepEqual(denyingLines("http://10.0.0.1/x", usual), []);
  });
  test("can lose these lines and get them back", () => {
    const lines = ["svc.cluster.local", "cluster.local"];
    const mended = withoutLines(usual, lines);
    assert.deepEqual(denyingLines(url, mended), []);
    assert.deepEqual(withLines(mended, lines).split("\n").sort(), usual.split("\n").sort());
    assert.equal(withLines(usual, lines), usual);
  });
});

describe("connections", () => {
  test("are read back, and malformed ones are left out", () => {
    const connection = { project: "p", stage: "dev", events: [everyTask], broker: url };
    const data = {
      [keyOf(connection)]: JSON.stringify(connection),
      a: "{",
      b: "{}",
      c: '{"project":"p","events":[],"broker":"x"}',
    };
    assert.deepEqual(parseConnections(data), [connection]);
    assert.deepEqual(
      ["p", "p__s", "p_d_s"],
      [
        keyOf({ project: "p" }),
        keyOf({ project: "p", service: "s" }),
        keyOf({ project: "p", stage: "d", service: "s" }),
      ],
    );
  });
  test("are checked at intervals that divide an hour or a day", () => {
    assert.deepEqual(["15m", "1m", "1h", "6h", "24h"].map(scheduleOf), [
      "*/15 * * * *",
      "* * * * *",
      "0 * * * *",
      "0 */6 * * *",
      "0 0 * * *",
    ]);
    assert.deepEqual(["7m", "5h", "0m", "15", "1d", "60m"].map(scheduleOf), Array(6).fill(undefined));
    assert.deepEqual(["15m", "6h"].map(wakesPerDay), [96, 4]);
  });
});

test("event types: the name of a task is enough", () => {
  assert.deepEqual(
    ["test", "sh.keptn.event.*.triggered", "sh.keptn.event.test.finished", "sh.keptn.event.>", "x.y"].map(eventTypeOf),
    [
      "sh.keptn.event.test.triggered",
      "sh.keptn.event.*.triggered",
      "sh.keptn.event.test.finished",
      undefined,
      undefined,
    ],
  );
});
