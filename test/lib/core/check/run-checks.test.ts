// Findings about an installation, from plain facts.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Facts, Seen } from "../../../../functions/lib/core/check/facts.ts";
import type { Finding, FindingId } from "../../../../functions/lib/core/check/finding.ts";
import { rightsOf } from "../../../../functions/lib/core/check/rights.ts";
import { runChecks } from "../../../../functions/lib/core/check/run-checks.ts";
import { parseSettings, type Settings } from "../../../../functions/lib/core/settings/settings.ts";

const settingsFrom = (env: Readonly<Record<string, string>>): Settings => {
  const parsed = parseSettings(env);
  assert.ok("settings" in parsed);
  return parsed.settings;
};

const there = <T>(object: T): Seen<T> => ({ kind: "there", object });
const status = { conditions: [{ type: "Ready", status: "True" }] };
const template = {
  spec: {
    containers: [
      {
        env: [{ name: "KEPTN_API_TOKEN", valueFrom: { secretKeyRef: { name: "job-service-keptn-secrets" } } }],
        envFrom: [{ configMapRef: { name: "settings" } }],
      },
    ],
  },
};
const metadata = { labels: { "networking.knative.dev/visibility": "cluster-local" } };
const service = there({ metadata, spec: { template }, status });
const accounts = { startJob: "start-job", finishTask: "finish-task", jobChanges: "job-changes" };
const rights = rightsOf(accounts, { namespace: "jes", jobNamespaces: ["jes", "carts"] }, settingsFrom({}));
const secret = { namespace: "jes", name: "job-service-keptn-secrets", usedBy: "functions", seen: there({}) } as const;
const trigger = (name: string, broker: string) => ({
  ...{ metadata: { name: `${name}-x` }, spec: { broker, subscriber: { ref: { name } } }, status },
});

const well: Facts = {
  namespace: "jes",
  server: { address: "https://k", version: "1.34.4", skewSeconds: 0.4 },
  groups: { "serving.knative.dev": ["v1"], "eventing.knative.dev": ["v1"], "sources.knative.dev": ["v1"] },
  functions: { "start-job": service, "finish-task": service },
  brokers: { keptn: there({ status }), jobs: there({ status }) },
  triggers: there([trigger("start-job", "keptn"), trigger("finish-task", "jobs")]),
  jobChanges: there({ status }),
  watchSpec: there({ data: { mode: "Resource" } }),
  hasPingSources: true,
  hasTimer: false,
  keptnSource: there({ spec: { template }, status: { readyReplicas: 1 } }),
  connections: { kind: "missing" },
  subscriptions: there({ types: ["sh.keptn.event.*.triggered"] }),
  sinkBinding: there({ status }),
  settings: there({ metadata: { name: "settings" }, data: { KEPTN_API_ENDPOINT: "http://keptn/api" } }),
  secrets: [secret],
  rights: there(rights.map((right) => ({ ...right, allowed: true }))),
  jobNamespaces: [{ name: "jes", namespace: there({}), queue: { kind: "not-installed" } }],
};

const wrongIn = (facts: Partial<Facts>): Finding[] =>
  runChecks({ ...well, ...facts }).filter(({ severity }) => severity !== "ok");

const theOne = (facts: Partial<Facts>, id: FindingId): Finding => {
  const wrong = wrongIn(facts);
  assert.deepEqual(
    wrong.map((finding) => finding.id),
    [id],
  );
  return wrong[0]!;
};

/** An installation whose start-job creates the watch. */
const watched = (facts: Partial<Facts>): Partial<Facts> => ({
  settings: there({
    metadata: { name: "settings" },
    data: { KEPTN_API_ENDPOINT: "http://keptn/api", WATCH_NAME: "job-changes" },
  }),
  ...facts,
});

describe("a missing watch", () => {
  const missing = { jobChanges: { kind: "missing" } } as const;
  const found = (facts: Partial<Facts>) => runChecks({ ...well, ...facts }).filter(({ id }) => id === "job-changes");
  test("is fine while no run is open", () => {
    const [finding, ...others] = found(watched(missing));
    assert.deepEqual([finding?.severity, others], ["ok", []]);
    assert.match(finding?.seen ?? "", /does not exist, and is not needed: no run is open\.$/);
  });
  test("is a warning while the sweep's timer exists", () => {
    const { severity, seen, fix } = theOne(watched({ ...missing, hasTimer: true }), "job-changes");
    assert.equal(severity, "warning");
    assert.match(seen, /but the sweep's timer does: only the sweep notices when tasks end\.$/);
    assert.match(fix ?? "", /logs -l serving\.knative\.dev\/service=start-job/);
  });
  test("is an error when nobody creates it", () => {
    assert.equal(theOne(missing, "job-changes").severity, "error");
  });
  test("cannot be created without its spec", () => {
    const { severity, seen } = theOne(watched({ ...missing, watchSpec: { kind: "missing" } }), "job-changes");
    assert.equal(severity, "error");
    assert.match(seen, /^ConfigMap job-changes, .* start-job cannot start without it\.$/);
  });
});

describe("check reports", () => {
  test("nothing when all is well", () => assert.deepEqual(wrongIn({}), []));
  test("clocks that differ too much, and which one is ahead", () => {
    const server = (skewSeconds: number) => ({ server: { ...well.server, skewSeconds } });
    assert.match(theOne(server(45.2), "clock").seen, /clock is 45 s ahead of/);
    assert.match(theOne(server(-90), "clock").seen, /clock is 90 s behind/);
    assert.deepEqual(wrongIn(server(-29)), []);
  });
  test("an outdated Knative, and the API versions it serves", () => {
    const groups = { ...well.groups, "eventing.knative.dev": ["v1beta1"] };
    assert.match(
      theOne({ groups }, "knative-eventing").seen,
      /does not serve eventing\.knative\.dev\/v1 \(only v1beta1\)\.$/,
    );
  });
  test("a function whose image is missing, with a fix", () => {
    const conditions = [
      { type: "Ready", status: "False", reason: "RevisionMissing", message: "Unable to fetch image x" },
    ];
    const broken = there({ metadata, spec: { template }, status: { conditions } });
    const { severity, fix } = theOne({ functions: { ...well.functions, "start-job": broken } }, "function");
    assert.deepEqual([severity, fix?.startsWith("Push the image")], ["error", true]);
  });
  test("a function that is reachable from outside", () => {
    const open = there({ spec: { template }, status });
    const { severity } = theOne({ functions: { ...well.functions, "finish-task": open } }, "visibility");
    assert.equal(severity, "warning");
  });
  test("a missing function while the other one exists", () => {
    const { seen, fix } = theOne({ functions: { ...well.functions, "finish-task": { kind: "missing" } } }, "function");
    assert.equal(seen, "Function finish-task does not exist in namespace jes.");
    assert.match(fix ?? "", /kubectl apply -k/);
  });
  test("a function without a Trigger", () => {
    const triggers = there([trigger("start-job", "keptn"), trigger("finish-task", "another")]);
    assert.match(theOne({ triggers }, "trigger").seen, /^No Trigger delivers events from Broker jobs to finish-task/);
  });
  test("a controller that is still working or has not started", () => {
    const working = there({ status: { conditions: [{ type: "Ready", status: "Unknown" }] } });
    assert.match(theOne({ jobChanges: working }, "job-changes").seen, /still working; check again in a moment\.$/);
    assert.match(theOne({ jobChanges: there({}) }, "job-changes").seen, /has not set a status yet\.$/);
  });
  test("a missing PingSource API, without which there is no sweep", () => {
    assert.equal(theOne({ hasPingSources: false }, "sweep-timer").severity, "error");
  });
  test("a keptn-source without a ready pod; without keptn-source it suggests the webhook route", () => {
    const conditions = [{ type: "Available", status: "False", reason: "MinimumReplicasUnavailable" }];
    const down = there({ spec: { template }, status: { conditions } });
    assert.match(
      theOne({ keptnSource: down }, "event-source").seen,
      /does not have a ready pod: MinimumReplicasUnavailable\.$/,
    );
    assert.match(theOne({ keptnSource: { kind: "missing" } }, "event-source").fix ?? "", /job-executor connect/);
  });
  test("no missing keptn-source when projects are connected", () => {
    const connection = JSON.stringify({ project: "sockshop", events: [], broker: "http://broker/jes/keptn" });
    const connections = there({ data: { sockshop: connection } });
    assert.deepEqual(wrongIn({ keptnSource: { kind: "missing" }, connections }), []);
    const [broken] = wrongIn({ keptnSource: { kind: "missing" }, connections: there({ data: { sockshop: "{}" } }) });
    assert.equal(broken?.id, "event-source");
  });
  test("subscriptions in Keptn that differ from PUBSUB_TOPIC, which they override", () => {
    const difference = { kind: "missing", seen: "Keptn counts.", fix: "Change it." } as const;
    const { severity, seen, fix } = theOne({ subscriptions: there({ types: [], difference }) }, "event-source");
    assert.deepEqual([severity, seen, fix], ["warning", "Keptn counts.", "Change it."]);
    assert.deepEqual(wrongIn({ subscriptions: there({ types: [], difference: { ...difference, kind: "more" } }) }), []);
    assert.deepEqual(wrongIn({ subscriptions: there(undefined) }), []);
    const forbidden = { kind: "unknown", why: "pods is forbidden." } as const;
    assert.match(theOne({ subscriptions: forbidden }, "event-source").seen, /could not be read: pods is forbidden/);
  });
  test("settings of keptn-source too, when it is installed", () => {
    const data = { KEPTN_API_ENDPOINT: "http://keptn/api", PUBSUB_URL: "keptn-nats" };
    assert.match(theOne({ settings: there({ data }) }, "settings").seen, /^PUBSUB_URL="keptn-nats" is not the address/);
    assert.deepEqual(wrongIn({ settings: there({ data }), keptnSource: { kind: "missing" } }).length, 1);
  });
  test("missing settings, and settings that turn TLS off", () => {
    assert.equal(theOne({ settings: there({}) }, "settings").seen, "KEPTN_API_ENDPOINT is not set.");
    const data = { KEPTN_API_ENDPOINT: "https://keptn/api", HTTP_SSL_VERIFY: "false" };
    assert.equal(theOne({ settings: there({ data }) }, "settings").severity, "warning");
    assert.match(theOne({ settings: { kind: "missing" } }, "settings").seen, /^ConfigMap settings with the settings/);
  });
  test("a missing Secret, with the key that it needs", () => {
    const secrets = [{ ...secret, seen: { kind: "missing" } }] as const;
    assert.match(theOne({ secrets }, "secret").fix ?? "", /--from-literal=token="\$KEPTN_API_TOKEN"$/);
    const data = {
      KEPTN_API_ENDPOINT: "http://k",
      OAUTH_CLIENT_ID: "us",
      OAUTH_CLIENT_SECRET: "x",
      OAUTH_TOKEN_URL: "http://t",
    };
    const oauth = theOne({ secrets, settings: there({ data }) }, "secret");
    assert.match(oauth.fix ?? "", /--from-literal=oauth_client_secret="\$OAUTH_CLIENT_SECRET"$/);
  });
  test("missing permissions, by account and namespace", () => {
    const some = rights.map((right) => ({ ...right, allowed: right.namespace !== "carts" || right.verb !== "watch" }));
    const { seen, fix } = theOne({ rights: there(some) }, "rights");
    assert.equal(seen, "Service account job-changes lacks rights in namespace carts: watch jobs.batch.");
    assert.match(fix ?? "", /manifests\/job-namespace/);
  });
  test("a single finding when nothing is installed", () => {
    const missing = { kind: "missing" } as const;
    const gone = {
      functions: { "start-job": missing, "finish-task": missing },
      brokers: { keptn: missing, jobs: missing },
    };
    assert.match(theOne(gone, "installation").fix ?? "", /--namespace/);
  });
});
