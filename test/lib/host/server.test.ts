// Both functions as separate processes under faas-js-runtime, over real HTTP, as a Broker and an ApiServerSource see them.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { annotation } from "../../../functions/lib/core/annotations/annotations.ts";
import type { Job } from "../../../functions/lib/core/kubernetes.ts";
import { stateOf } from "../../../functions/lib/core/run/run-state.ts";
import { type FunctionProcess, startFunction } from "../../cluster/harness/function-process.ts";
import { until } from "../../cluster/harness/world.ts";
import { type KeptnDouble, startKeptn } from "../../doubles/keptn/keptn-double.ts";
import { type ApiServer, startApiServer } from "../../doubles/kubernetes/api-server.ts";
import {
  type EventRequest,
  requestOfChange,
  requestOfEvent,
  requestOfSweep,
  structuredRequestOf,
} from "../../doubles/requests.ts";

const type = "sh.keptn.event.deployment.triggered";
const config = `apiVersion: v2
actions:
  - name: deploy
    events: [{name: ^${type}$}]
    tasks: [{name: first, image: alpine, cmd: [echo, one]}, {name: second, image: alpine, cmd: [echo, two]}]
`;

describe("both functions over HTTP", () => {
  let [keptn, kubernetes, start, finish]: [KeptnDouble?, ApiServer?, FunctionProcess?, FunctionProcess?] = [];
  let env: Record<string, string> = {};
  before(async () => {
    [keptn, kubernetes] = await Promise.all([startKeptn(), startApiServer()]);
    keptn.plane.projects.addFiles(
      { project: "sockshop", stage: "dev", service: "carts" },
      { "job/config.yaml": config },
    );
    kubernetes.fateOf = (job: Job) => ({ log: `${job.spec?.template.spec?.containers[0]?.command?.at(-1)}\n` });
    env = {
      ...{ KUBECONFIG: kubernetes.kubeconfig, KEPTN_API_ENDPOINT: keptn.endpoint, KEPTN_API_TOKEN: keptn.token },
      ...{ JOB_NAMESPACE: "jobs", KEPTN_RETRY_SECONDS: "1", MAX_REQUEST_BYTES: "200000" },
    };
    [start, finish] = await Promise.all([startFunction("start-job", env), startFunction("finish-task", env)]);
  });
  after(async () => {
    await Promise.all([start?.stop(), finish?.stop()]);
    await Promise.all([keptn?.close(), kubernetes?.close()]);
  });

  const post = async (to: FunctionProcess | undefined, request: EventRequest) => {
    const answer = await fetch(to?.url ?? "", request);
    return { status: answer.status, body: await answer.text(), retryAfter: answer.headers.get("retry-after") };
  };

  for (const [mode, requestOf] of [
    ["binary", requestOfEvent],
    ["structured", structuredRequestOf],
  ] as const) {
    test(`carry an event in ${mode} mode through to its finished event, with empty responses`, async () => {
      assert.ok(keptn && kubernetes);
      const pending: Promise<unknown>[] = [];
      const stop = kubernetes.store.subscribe(({ type: verb, object }) => {
        const job = object as unknown as Job;
        // Like the ApiServerSource's selector; sent twice, since delivery is at least once.
        if (stateOf(job) !== "released") return;
        for (let i = 0; i < 2; i++) pending.push(post(finish, requestOfChange(verb, job)));
      });
      const event = keptn.trigger({ type, labels: { build: "17" } });
      assert.deepEqual(await post(start, requestOf({ ...event })), { status: 204, body: "", retryAfter: null });
      await until("the task is complete", () => keptn?.counts(event.id)?.state === "complete");
      assert.deepEqual([keptn.counts(event.id)?.started, keptn.counts(event.id)?.finished], [1, 1]);
      const [finished] = keptn.plane.received.filter((e) => e.triggeredid === event.id && e.type.endsWith("finished"));
      assert.equal(finished?.data["result"], "pass");
      assert.match(String(finished?.data["message"]), /^one$[\s\S]*^two$/m);
      await until("its Jobs are let go", () => kubernetes!.jobs().every((job) => stateOf(job) === "reported"));
      stop();
      const answers = (await Promise.all(pending)) as { status: number; body: string }[];
      assert.deepEqual([...new Set(answers.map(({ status, body }) => `${status} ${body}`))], ["204 "]);
    });
  }

  test("complete the work behind an early response before they exit", async (context) => {
    assert.ok(keptn && kubernetes);
    const last = await startFunction("finish-task", { ...env, KEPTN_RETRY_SECONDS: "10", CLAIM_LEASE_SECONDS: "60" });
    context.after(() => last.stop());
    const isOfRun = (job: Job) => job.metadata?.annotations?.[annotation.event]?.includes(event.id) === true;
    const answers: Promise<unknown>[] = [];
    const stop = kubernetes.store.subscribe(({ type: verb, object }) => {
      const job = object as unknown as Job;
      if (stateOf(job) !== "released" || !isOfRun(job)) return;
      answers.push(post(last, requestOfChange(verb, job)));
    });
    const event = keptn.trigger({ type });
    // Keptn's event counts are slow.
    keptn.fault({ on: /sequence-execution/, kind: { delayMs: 1500 }, times: Number.POSITIVE_INFINITY });
    await post(start, requestOfEvent({ ...event }));
    await until("the task is complete", () => keptn?.counts(event.id)?.state === "complete");
    await Promise.all(answers);
    const states = () => [...new Set(kubernetes?.jobs().filter(isOfRun).map(stateOf))];
    assert.deepEqual(states(), ["released"]);
    await last.stop();
    keptn.clearFaults();
    stop();
    assert.deepEqual(states(), ["reported"]);
  });

  test("ignore an event without a matching action: 204, and no Job", async () => {
    const before = kubernetes?.jobs().length;
    const event = keptn!.trigger({ type: "sh.keptn.event.test.triggered" });
    assert.deepEqual(await post(start, requestOfEvent({ ...event })), { status: 204, body: "", retryAfter: null });
    assert.equal(kubernetes?.jobs().length, before);
  });

  test("sweep", async () => {
    assert.deepEqual(await post(finish, requestOfSweep()), { status: 204, body: "", retryAfter: null });
  });

  const event = { specversion: "1.0", id: "1", type, source: "shipyard-controller", data: { project: "sockshop" } };
  const broken: readonly [string, EventRequest, number][] = [
    ["without a type", requestOfEvent({ ...event, type: "" }), 400],
    ["of another version", requestOfEvent({ ...event, specversion: "9.0" }), 400],
    ["without Keptn's attributes", requestOfEvent({ ...event, shkeptncontext: "c" }), 400],
    ["that is plain JSON", { method: "POST", headers: { "content-type": "application/json" }, body: "{}" }, 400],
    ["that is broken JSON", { ...structuredRequestOf({}), body: "{" }, 400],
    [
      "in a batch",
      { ...structuredRequestOf([event]), headers: { "content-type": "application/cloudevents-batch+json" } },
      400,
    ],
    ["that is too large", requestOfEvent({ ...event, data: { x: "x".repeat(300_000) } }), 413],
  ];
  for (const [what, request, status] of broken) {
    test(`refuse an event ${what}: ${status}, and log it`, async () => {
      for (const to of [start, finish]) {
        const lines = to?.lines.length ?? 0;
        const answer = await post(to, request);
        // finish-task does not use Keptn events: valid ones do not concern it.
        if (to === finish && what === "without Keptn's attributes") assert.equal(answer.status, 204);
        else {
          assert.equal(answer.status, status, answer.body);
          await until("a line in the log", () => (to?.lines.length ?? 0) > lines);
        }
      }
    });
  }

  test("respond with 503 while Keptn is away, so that the Broker retries", async () => {
    keptn?.fault({ on: /./, kind: { status: 503, headers: { "retry-after": "7" } }, times: Number.POSITIVE_INFINITY });
    const answer = await post(start, requestOfEvent({ ...keptn!.trigger({ type }) }));
    keptn?.clearFaults();
    assert.deepEqual([answer.status, answer.retryAfter], [503, "7"]);
    assert.match(answer.body, /^Keptn GET resource-service\/.*: 503/);
  });

  for (const [env, said] of [
    [{ KEPTN_API_ENDPOINT: "nonsense", KEPTN_API_TOKEN: "t" }, /KEPTN_API_ENDPOINT is not an http/],
    [{ KEPTN_API_ENDPOINT: "http://k/api" }, /No credentials for Keptn are set/],
    [
      { KEPTN_API_ENDPOINT: "https://k/api", KEPTN_API_TOKEN: "t", KEPTN_CA_FILE: "/no/ca" },
      /KEPTN_CA_FILE=.no.ca cannot be read/,
    ],
  ] as const) {
    test(`exit with code 2 and an error message: ${Object.values(env).join(", ")}`, async () => {
      const wrong = startFunction("start-job", { ...env, KUBECONFIG: kubernetes!.kubeconfig });
      await assert.rejects(wrong, (fault: Error) => /exit code 2/.test(fault.message) && said.test(fault.message));
    });
  }

  test("register with Keptn's Bridge after the first event", async () => {
    await until("the integration is registered", () => keptn!.plane.uniform.integrations.size === 1);
    const [integration] = keptn!.plane.uniform.integrations.values();
    assert.equal(integration?.["name"], "job-executor-service");
  });
});
