// The overlay `zero` on a real Knative and Keptn: runs start from zero pods, and nothing is left after them.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { connectApi } from "../../functions/lib/kubernetes/api.ts";
import { spreadOf } from "../bench/statistics.ts";
import { loadFunctionsImage } from "../cluster/harness/image.ts";
import { until } from "../cluster/harness/world.ts";
import { makeUser } from "../contract/keptn-user.ts";
import { runAlone } from "./harness/alone.ts";
import { applyBareFunction, callBareFunction } from "./harness/bare-function.ts";
import { runCheck, runCommand } from "./harness/command.ts";
import { isShort, KEPTN_API_TOKEN, KEPTN_ENDPOINT, KEPTN_NATS_URL, unavailable } from "./harness/environment.ts";
import { type Installation, makeInstallation } from "./harness/installation.ts";
import { type Observer, observe, type SeenJob } from "./harness/observer.ts";
import { assertPassed } from "./harness/passed.ts";
import { makeScenario, type Scenario } from "./harness/scenario.ts";
import { listRunning, openAuditLog, untilNothingRuns } from "./harness/traces.ts";

/** The file of the API server's audit log, as ../shared/cluster writes it. */
const auditLog = process.env["AUDIT_LOG"];
/** How often each is done; E2E_ROUNDS says otherwise. */
const rounds = Number(process.env["E2E_ROUNDS"] ?? (isShort ? 1 : 10));
const idleSeconds = isShort ? 20 : 600;

describe("an installation with no pods while idle", { skip: unavailable }, () => {
  const api = connectApi();
  const project = `zero-${randomUUID().slice(0, 8)}`;
  const user = makeUser({ endpoint: KEPTN_ENDPOINT, token: KEPTN_API_TOKEN });
  let installation: Installation;
  let observer: Observer;
  let scenario: Scenario;

  before(async () => {
    const settings = { CREATE_GRACE_SECONDS: "60", WATCH_IDLE_SECONDS: "30" }; // rounds come sooner to nothing
    installation = await makeInstallation({ overlay: "zero", token: KEPTN_API_TOKEN, settings });
    observer = await observe(KEPTN_NATS_URL, { api, namespace: installation.namespace });
    scenario = await makeScenario(user, { observer, project });
    await user.createService(project, "probed"); // a probe is an event of a service
    const image = await loadFunctionsImage();
    await installation.apply(image);
    await applyBareFunction(installation, image);
    await installation.kubectl("wait", "--for=condition=Ready", "--all", "--timeout=180s", "ksvc,broker,trigger");
  });
  after(async () => {
    await scenario?.remove();
    await observer?.close();
    await installation?.remove();
  });

  const connect = (...args: readonly string[]) =>
    runCommand("connect", "--project", project, "--namespace", installation.namespace, ...args);
  const seconds = (ms: number) => (ms / 1000).toFixed(2);
  const sayMedian = (what: string, ms: readonly number[]) => {
    const each = ms.map(seconds).join(", ");
    console.log(`${what}: median ${seconds(spreadOf(ms).median)} s of ${ms.length} (${each})`);
  };

  test("is connected to a project by one command, which finds the Broker and sends a probe end to end", async () => {
    const first = await connect("--allow");
    assert.equal(first.code, 0, first.stderr);
    assert.match(first.stderr, /probe event reached start-job/);
    assert.match(
      first.stderr,
      new RegExp(`http://broker-ingress\\.knative-eventing\\S*/${installation.namespace}/keptn`),
    );
    const second = await connect("--no-probe");
    assert.equal(second.code, 0, second.stderr);
    assert.doesNotMatch(second.stderr, /^done/m);
  });

  test("passes a check without an ApiServerSource or a timer", async () => {
    await installation.kubectl("delete", "apiserversources,pingsources", "--all");
    assert.deepEqual(await runCheck(installation.namespace), { code: 0, wrong: [] });
  });

  // In the short form, the last test but one runs the only task from nothing: until nothing runs takes five minutes.
  const fromNothing = isShort ? "" : " from nothing";
  test(`runs a sequence of two tasks${fromNothing}, ${rounds} times`, async () => {
    const [over, all, release, quiet, bare]: number[][] = [[], [], [], [], []];
    for (let round = 0; round < rounds; round++) {
      if (!isShort) quiet?.push((await untilNothingRuns(installation)) * 1000);
      const alone: Promise<number>[] = [];
      const world = { api, namespace: installation.namespace, observer };
      const onReleased = async ({ name }: SeenJob) => void alone.push(runAlone(world, name));
      const ran = await scenario.run("pair", { onReleased });
      assertPassed(ran, 2);
      const totalMs = Math.max(...ran.finished.map(({ atMs }) => atMs)) - ran.triggered.atMs;
      const aloneMs = (await Promise.all(alone)).reduce((sum, ms) => sum + ms, 0);
      all?.push(totalMs);
      over?.push(totalMs - aloneMs);
      release?.push(Math.min(...ran.jobs.flatMap(({ releasedAtMs }) => releasedAtMs ?? [])) - ran.triggered.atMs);
      bare?.push(await callBareFunction(api, installation)); // it has no pod: nothing ran before this round
    }
    sayMedian(`two tasks${fromNothing} to the last .finished`, all ?? []);
    sayMedian("  over the same pods by themselves", over ?? []);
    sayMedian("  .triggered to the first Job's release", release ?? []);
    if (isShort) return;
    sayMedian("  until nothing ran before it", quiet ?? []);
    sayMedian("a bare node:http function behind the same Broker, from no pod to its event", bare ?? []);
  });

  test(`ends runs from nothing although start-job is killed right after its release, ${rounds} times`, async () => {
    const late: number[] = [];
    for (let round = 0; round < rounds; round++) {
      if (!isShort) await untilNothingRuns(installation);
      const select = ["-l", "serving.knative.dev/service=start-job", "--force", "--grace-period=0"];
      const ran = await scenario.run("slow", {
        onReleased: async () => void (await installation.kubectl("delete", "pod", ...select)),
      });
      assertPassed(ran);
      const endedMs = Math.max(...ran.jobs.flatMap(({ endedAtMs }) => endedAtMs ?? []));
      late.push((ran.finished[0]?.atMs ?? Number.NaN) - endedMs);
    }
    sayMedian("start-job killed after the release: the Job's end to .finished", late);
  });

  test("warm: one task with its functions and ApiServerSource in place", async () => {
    const over: number[] = [];
    for (let round = 0; round < rounds; round++) {
      let alone = Promise.resolve(Number.NaN);
      const ran = await scenario.run("one", {
        onReleased: async ({ name }) => {
          alone = runAlone({ api, namespace: installation.namespace, observer }, name);
        },
      });
      assertPassed(ran);
      over.push((ran.finished[0]?.atMs ?? Number.NaN) - ran.triggered.atMs - (await alone));
    }
    sayMedian("warm, one task: over the same pod by itself", over);
  });

  test(`scales to zero, and sends the API server no request for ${idleSeconds} s`, async (t) => {
    const quietSeconds = await untilNothingRuns(installation);
    console.log(`${Math.round(quietSeconds)} s after the last run: nothing runs (WATCH_IDLE_SECONDS 30)`);
    const audit = auditLog ? await openAuditLog(auditLog, installation.namespace) : undefined;
    await sleep(idleSeconds * 1000);
    assert.deepEqual(await listRunning(installation), []);
    console.log(`${idleSeconds} s idle: 0 pods, no ApiServerSource, no PingSource`);
    if (!audit) return t.diagnostic("AUDIT_LOG names no audit log of the API server: requests were not counted");
    assert.deepEqual(await audit.read(), []);
    console.log("  and 0 requests of our accounts");
    await scenario.run("one");
    await until("the audit log shows what a run asks", async () => (await audit.read()).length > 0);
  });

  test("is disconnected by one command", async () => {
    const args = ["--project", project, "--namespace", installation.namespace];
    const { code, stderr } = await runCommand("disconnect", ...args);
    assert.match(stderr, /Removed it from ConfigMap job-executor-connections/);
    if (code !== 0) {
      // The MongoDB of ../shared/keptn removes no subscription (see test/keptn/connect.test.ts): disconnect says so, and --list shows it.
      assert.match(
        stderr,
        /removed the subscription to .*, but still has it[\s\S]*Remove the subscription in Keptn's Bridge/,
      );
      return;
    }
    const { stdout } = await runCommand("connect", "--list", "--format", "json", "--namespace", installation.namespace);
    assert.doesNotMatch(stdout, new RegExp(project));
  });
});
