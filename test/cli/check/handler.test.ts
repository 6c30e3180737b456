// `job-executor check` on a cluster over HTTP: a healthy installation, and everything that can be wrong with one.
import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, type TestContext, test } from "node:test";
import { openInstallation } from "../../../functions/cli/check/cluster.ts";
import { type CheckOptions, check } from "../../../functions/cli/check/handler.ts";
import type { Finding } from "../../../functions/lib/core/check/finding.ts";
import {
  change,
  collections,
  settingsName,
  startInstallation,
  type TestInstallation,
} from "../../doubles/installation.ts";
import { makeTempFolder } from "../../doubles/temp-folder.ts";
import { makeTerminal } from "../../doubles/terminal.ts";

/** Waits end at once, but count their full time. */
const run = async ({ kubeconfig }: TestInstallation, given: Partial<CheckOptions> = {}) => {
  let waitedMs = 0;
  const terminal = makeTerminal(() => new Date(Date.now() + waitedMs));
  const cluster = openInstallation({ kubeconfig }, {});
  const options = { format: "json", dryEvent: true, ...given } as const;
  const sleep = async (ms: number) => {
    waitedMs += ms;
    await new Promise((resolve) => setTimeout(resolve, 5));
  };
  const code = await check({ options, cluster, sleep }, terminal);
  const [stdout = ""] = terminal.stdout;
  const findings: readonly Finding[] = options.format === "json" ? JSON.parse(stdout).findings : [];
  return { code, stdout, stderr: terminal.stderr, findings, wrong: findings.filter((f) => f.severity !== "ok") };
};

const start = async (
  context: TestContext,
  options: Parameters<typeof startInstallation>[0] = {},
): Promise<TestInstallation> => {
  const installation = await startInstallation(options);
  context.after(() => installation.close());
  return installation;
};

const notReady = { conditions: [{ type: "Ready", status: "False", reason: "RevisionFailed", message: "It\nbroke" }] };

const pick = ({ seen, fix }: { readonly seen: string; readonly fix: string }) => ({ seen, fix });

describe("check", () => {
  test("finds no problem in a healthy installation, and lists what it checked", async (context) => {
    const installation = await start(context);
    const { code, wrong, findings } = await run(installation);
    assert.deepEqual([code, wrong], [0, []]);
    assert.equal(findings.length, 25);
    const [event] = installation.events;
    assert.equal(
      event?.["path"],
      "/api/v1/namespaces/knative-eventing/services/http:broker-ingress:80/proxy/keptn-jes/keptn",
    );
    assert.equal(event?.["type"], "sh.keptn.event.job-executor-check.triggered");
  });

  test("follows the names of an overlay with a namePrefix and a nameSuffix", async (context) => {
    const installation = await start(context, { affixed: (name) => `east-${name}-2` });
    const accounts = Object.entries({
      START_JOB: "start-job",
      FINISH_TASK: "finish-task",
      KEPTN_SOURCE: "keptn-source",
    });
    const settings = accounts.map(([name, account]) => [`${name}_SERVICE_ACCOUNT`, `east-${account}-2`]);
    const { data } = installation.store.get(collections.configmaps, settingsName) as unknown as { data: object };
    change(installation, "configmaps", "settings", { data: { ...data, ...Object.fromEntries(settings) } });
    const { code, wrong, findings } = await run(installation);
    assert.deepEqual([code, wrong], [0, []]);
    assert.equal(findings.length, 25);
    const seen = findings.map((finding) => finding.seen).join("\n");
    for (const name of ["Function east-start-job-2", "Broker east-jobs-2", "Deployment east-keptn-source-2"])
      assert.match(seen, new RegExp(`^${name} is ready\\.$`, "m"));
    assert.match(seen, /^Service account east-finish-task-2 has all required rights/m);
    installation.store.delete(collections.services, "east-finish-task-2");
    assert.match(
      (await run(installation)).wrong[0]?.seen ?? "",
      /^Function east-finish-task-2 does not exist in namespace/,
    );
  });

  test("changes nothing, and never reads the content of a Secret", async (context) => {
    const installation = await start(context);
    await run(installation);
    const changes = installation.calls.filter((call) => !/^GET |subjectaccessreviews$|\/proxy\//.test(call));
    assert.deepEqual(changes, []);
    assert.equal(installation.secretsAskedAs.length, 1);
    assert.ok(installation.secretsAskedAs.every((accept) => accept.includes("as=PartialObjectMetadata")));
  });

  test("prints findings for people, each with its fix below", async (context) => {
    const installation = await start(context);
    installation.store.delete(collections.secrets, "job-service-keptn-secrets");
    const { code, stdout, stderr } = await run(installation, { format: "text" });
    assert.equal(code, 1);
    assert.match(
      stdout,
      /^error {4}secret {12}Secret job-service-keptn-secrets in namespace keptn-jes is missing: .*\n {27}-> kubectl -n keptn-jes create secret generic job-service-keptn-secrets --from-literal=token="\$KEPTN_API_TOKEN"$/m,
    );
    assert.match(stderr[0] ?? "", /^Sending dry event/);
    assert.equal(stderr.at(-1), "Namespace keptn-jes: 1 error, 0 warnings.");
  });

  test("reports a missing Knative on plain Kubernetes, and nothing else of ours", async (context) => {
    const { code, wrong } = await run(await start(context, { withKnative: false }));
    assert.equal(code, 1);
    assert.deepEqual(
      wrong.map(({ id }) => id),
      ["knative-serving", "knative-eventing", "installation"],
    );
    assert.match(wrong[1]?.seen ?? "", /does not serve eventing\.knative\.dev\/v1 or sources\.knative\.dev\/v1\.$/);
  });

  test("reports that another namespace has no installation", async (context) => {
    const { wrong } = await run(await start(context), { namespace: "elsewhere" });
    assert.deepEqual(
      wrong.map(({ id, seen }) => [id, seen]),
      [["installation", "Namespace elsewhere does not contain an installation."]],
    );
  });

  test("reports a function that is not ready, in Knative's words", async (context) => {
    const installation = await start(context);
    change(installation, "services", "finish-task", { status: notReady });
    const { code, wrong } = await run(installation);
    assert.equal(code, 1);
    assert.deepEqual(wrong, [
      {
        ...{ id: "function", severity: "error" },
        seen: "Function finish-task is not ready: RevisionFailed: It broke.",
        fix: "kubectl -n keptn-jes describe ksvc/finish-task",
      },
    ]);
  });

  test("reports missing permissions by service account", async (context) => {
    const installation = await start(context);
    installation.allows = ({ user, verb, resource }) =>
      !(user === "system:serviceaccount:keptn-jes:start-job" && verb === "patch") && resource !== "pods";
    const { code, wrong } = await run(installation);
    assert.equal(code, 1);
    assert.deepEqual(
      wrong.map(({ seen }) => seen),
      [
        "Service account start-job lacks rights in namespace keptn-jes: patch jobs.batch, list pods, get pods/log, patch pingsources.sources.knative.dev job-executor-sweep.",
        "Service account finish-task lacks rights in namespace keptn-jes: list pods, get pods/log.",
      ],
    );
  });

  test("warns about what it may not read, and goes on", async (context) => {
    const installation = await start(context);
    for (const what of ["reviews", "proxy", "secrets", "brokers"]) installation.forbidden.add(what);
    const { code, wrong } = await run(installation);
    assert.equal(code, 0);
    const expected = ["broker", "broker", "secret", "rights", "dry-event"].map((id) => [id, "warning"]);
    assert.deepEqual(
      wrong.map(({ id, severity }) => [id, severity]),
      expected,
    );
    assert.match(wrong[3]?.seen ?? "", /could not be checked: .*subjectaccessreviews is forbidden\.$/);
  });

  test("reports when PUBSUB_TOPIC differs from Keptn's registration, and which one counts", async (context) => {
    const installation = await start(context);
    const difference = { kind: "missing", seen: "Keptn counts, not PUBSUB_TOPIC.", fix: "Change one of them." };
    installation.sourceLog = [...installation.sourceLog, { level: "warn", message: "x", difference }];
    const { code, wrong } = await run(installation);
    assert.deepEqual([code, wrong], [0, [{ id: "event-source", severity: "warning", ...pick(difference) }]]);
    installation.sourceLog = [...installation.sourceLog, ...installation.sourceLog.slice(0, 1)];
    assert.deepEqual((await run(installation)).wrong, []);
  });

  test("reports why start-job fails on the dry event, with a fix", async (context) => {
    const installation = await start(context);
    const message = "will be retried: Keptn GET x: 401, unauthenticated";
    installation.logLine = (event) => ({ level: "warn", message, event });
    const { code, wrong } = await run(installation);
    assert.equal(code, 1);
    assert.equal(wrong[0]?.seen, `start-job received the dry event and failed: ${message}`);
    assert.match(wrong[0]?.fix ?? "", /renew the Secret/);
  });

  test("reports after a minute that nobody logged the dry event", async (context) => {
    const installation = await start(context);
    installation.logLine = () => undefined;
    const { code, wrong } = await run(installation);
    assert.equal(code, 1);
    assert.match(wrong[0]?.seen ?? "", /^start-job did not log the dry event within 6\d s\.$/);
  });

  test("warns when it may not send a dry event, and names the missing permission", async (context) => {
    const installation = await start(context);
    installation.forbidden.add("proxy");
    const { code, wrong } = await run(installation);
    assert.equal(code, 0);
    assert.deepEqual([wrong.length, wrong[0]?.id, wrong[0]?.severity], [1, "dry-event", "warning"]);
    assert.match(wrong[0]?.fix ?? "", /create services\/proxy .*--no-dry-event/);
  });

  test("sends no dry event with --no-dry-event", async (context) => {
    const installation = await start(context);
    const { code, findings } = await run(installation, { dryEvent: false });
    assert.deepEqual([code, installation.events], [0, []]);
    assert.ok(findings.every(({ id }) => id !== "dry-event"));
  });

  test("sends a type that a Trigger made by `kn func` accepts", async (context) => {
    const installation = await start(context);
    const filter = { attributes: { type: "sh.keptn.event.test.triggered" } };
    const spec = { broker: "keptn", subscriber: { ref: { name: "start-job" } }, filter };
    change(installation, "triggers", "start-job", { spec });
    assert.equal((await run(installation)).code, 0);
    assert.equal(installation.events[0]?.["type"], "sh.keptn.event.test.triggered");
  });

  test("reports unknown and unreadable settings, and a missing event source", async (context) => {
    const installation = await start(context);
    installation.store.delete(collections.deployments, "keptn-source");
    const data = { KEPTN_API_ENDPOINT: "http://keptn/api", JOB_NAMESPAC: "x", START_GRACE_SECONDS: "soon" };
    change(installation, "configmaps", "settings", { data });
    const { wrong } = await run(installation, { dryEvent: false });
    const settings = wrong.filter(({ id }) => id === "settings");
    assert.match(settings[0]?.seen ?? "", /has JOB_NAMESPAC, which is not a setting/);
    assert.match(settings[0]?.fix ?? "", /^Did you mean JOB_NAMESPACE\?/);
    assert.equal(settings[1]?.seen, 'START_GRACE_SECONDS="soon" is not a whole number.');
    assert.match(wrong.find(({ id }) => id === "event-source")?.seen ?? "", /no project is connected/);
  });

  test("still uses the valid names among unreadable settings", async (context) => {
    const installation = await start(context);
    const data = { KEPTN_API_ENDPOINT: "http://keptn/api", JOB_NAMESPACE: "carts", START_GRACE_SECONDS: "soon" };
    change(installation, "configmaps", "settings", { data });
    const { findings } = await run(installation, { dryEvent: false });
    const rights = findings.filter(({ id }) => id === "rights").map(({ seen }) => seen);
    assert.equal(rights.filter((seen) => / in namespace carts\b/.test(seen)).length, 3);
    assert.match(findings.findLast(({ id }) => id === "secret")?.seen ?? "", /namespace carts is missing: tasks there/);
  });

  test("assumes that Jobs run in the functions' namespace when it may not read settings", async (context) => {
    const installation = await start(context);
    installation.forbidden.add("configmaps");
    const { code, wrong } = await run(installation, { dryEvent: false });
    assert.deepEqual([code, wrong.map(({ id }) => id)], [0, ["settings"]]);
  });

  test("fails like every command when there is no cluster", async (context) => {
    const file = join(await makeTempFolder(context), "config");
    const nowhere = { name: "c", cluster: { server: "http://127.0.0.1:1", "insecure-skip-tls-verify": true } };
    await writeFile(file, JSON.stringify({ clusters: [nowhere], contexts: [usualContext], "current-context": "c" }));
    const cluster = openInstallation({ kubeconfig: file, budgetSeconds: 1 }, {});
    const given = { options: { format: "text", dryEvent: true }, cluster, sleep: async () => undefined } as const;
    await assert.rejects(
      check(
        given,
        makeTerminal(() => new Date()),
      ),
      /^IoError: The cluster at http:\/\/127\.0\.0\.1:1 does not answer/,
    );
  });
});

const usualContext = { name: "c", context: { cluster: "c", user: "u" } };
