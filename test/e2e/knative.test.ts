// The whole path on a real Knative with a real Keptn: from zero pods, through failures of every kind, back to zero.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, describe, test } from "node:test";
import { connectApi } from "../../functions/lib/kubernetes/api.ts";
import { loadBuiltImage, loadFunctionsImage } from "../cluster/harness/image.ts";
import { until } from "../cluster/harness/world.ts";
import { makeUser } from "../contract/keptn-user.ts";
import { documentedRights, listedRights } from "./harness/account-rights.ts";
import { runAlone } from "./harness/alone.ts";
import { runCheck } from "./harness/command.ts";
import { isShort, KEPTN_API_TOKEN, KEPTN_ENDPOINT, KEPTN_NATS_URL, unavailable } from "./harness/environment.ts";
import { type Installation, makeInstallation } from "./harness/installation.ts";
import { type Observer, observe, type SeenJob } from "./harness/observer.ts";
import { assertPassed } from "./harness/passed.ts";
import { countPods, type PodCounter } from "./harness/pods.ts";
import { makeScenario, type Ran, type Scenario } from "./harness/scenario.ts";
import { readShares } from "./harness/shares.ts";
import { type Row, renderPods, renderTable, timesOf } from "./harness/table.ts";

const secretName = "job-service-keptn-secrets";
/** How often what is measured runs. */
const times = isShort ? 1 : 5;

describe("end to end", { skip: unavailable }, () => {
  const api = connectApi();
  const rows: Row[] = [];
  let installation: Installation;
  let observer: Observer;
  let pods: PodCounter;
  let scenario: Scenario;
  let image: string;

  before(async () => {
    image = await (isShort ? loadFunctionsImage() : loadBuiltImage());
    const project = `e2e-${randomUUID().slice(0, 8)}`;
    const settings = {
      ...{ START_GRACE_SECONDS: "10", PUBSUB_URL: "nats://keptn-nats.keptn" },
      ...{ CREATE_GRACE_SECONDS: "60", WATCH_IDLE_SECONDS: "60" }, // what wakes us goes sooner
      LOG_LEVEL: "debug", // says when a function begins with what
      PROJECT_FILTER: project, // other people's events on the same Keptn are none of ours
    };
    installation = await makeInstallation({ overlay: "in-cluster", token: KEPTN_API_TOKEN, settings });
    const { namespace } = installation;
    observer = await observe(KEPTN_NATS_URL, { api, namespace });
    pods = countPods(api, namespace);
    scenario = await makeScenario(makeUser({ endpoint: KEPTN_ENDPOINT, token: KEPTN_API_TOKEN }), {
      observer,
      project,
    });
  });
  after(async () => {
    await scenario?.remove();
    await pods?.stop();
    await observer?.close();
    await installation?.remove();
    if (rows.length === 0) return;
    console.log(`Seconds, medians:\n${renderTable(rows)}\nPods of our functions: ${renderPods(pods.history)}`);
  });

  const ready = (resources: string) =>
    installation.kubectl("wait", "--for=condition=Ready", "--all", "--timeout=180s", resources);
  const atZero = () => until("no pod of a function is there", async () => (await pods.functions()) === 0, 300);
  const kill = (selector: string) =>
    installation.kubectl("delete", "pod", "-l", selector, "--force", "--grace-period=0");
  const check = (...args: readonly string[]) => runCheck(installation.namespace, ...args);
  const passed = (ran: Ran, message: RegExp) => {
    assertPassed(ran);
    assert.match(String(ran.finished[0]?.data["message"]), message);
  };

  /** A run of one task, and what its pod takes by itself, from the moment on that the run's is released. */
  const runBeside = async (name: string) => {
    let alone = Promise.resolve(Number.NaN);
    const world = { api, namespace: installation.namespace, observer };
    const onReleased = async (job: SeenJob) => {
      alone = runAlone(world, job.name);
    };
    const ran = await scenario.run(name, { onReleased });
    return { ran, aloneMs: await alone };
  };
  const measure = async (name: string, functions: "cold" | "warm", runs: readonly Ran[]): Promise<Row> => {
    const sharesOf = await readShares(installation);
    return { name, functions, times: runs.map((ran) => timesOf(ran, sharesOf(ran))) };
  };

  test("is installed by one command and a Secret", async () => {
    await installation.apply(image);
    await ready("ksvc,broker,trigger,sinkbinding");
    await installation.kubectl("rollout", "status", "deployment/keptn-source", "--timeout=120s");
  });

  test("passes a check, which also reports a missing Secret", async () => {
    assert.deepEqual(await check(), { code: 0, wrong: [] });
    const secret = await installation.kubectl("get", "secret", secretName, "-o", "json");
    await installation.kubectl("delete", "secret", secretName);
    try {
      const { code, wrong } = await check("--no-dry-event");
      assert.equal(code, 1);
      assert.deepEqual(wrong, [["secret", "error"]]);
    } finally {
      const { data, type } = JSON.parse(secret);
      await installation.applyObject({ apiVersion: "v1", kind: "Secret", metadata: { name: secretName }, type, data });
    }
  });

  test("gives its service accounts exactly the permissions in docs/install.md", async () => {
    const documented = documentedRights();
    assert.deepEqual([...documented.keys()].sort(), [
      "finish-task",
      "job-changes",
      "job-executor-task",
      "keptn-source",
      "start-job",
    ]);
    for (const [account, rights] of documented) {
      const as = `--as=system:serviceaccount:${installation.namespace}:${account}`;
      assert.deepEqual(listedRights(await installation.kubectl("auth", "can-i", "--list", as)), rights, account);
    }
    const { items } = JSON.parse(await installation.kubectl("get", "serviceaccounts", "-o", "json"));
    const accounts = items.map(({ metadata }: { metadata: { name: string } }) => metadata.name);
    assert.deepEqual(
      accounts.filter((name: string) => name !== "default" && !documented.has(name)),
      [],
    );
  });

  test("scales to zero while idle", async () => {
    await atZero();
    assert.match(await installation.kubectl("get", "pingsource"), /^$/);
  });

  test("runs a task from zero", async () => {
    const { ran, aloneMs } = await runBeside("one");
    passed(ran, /slept/);
    rows.push({ ...(await measure("one", "cold", [ran])), alone: [aloneMs] });
  });

  let withoutImage: Promise<Ran>;
  test("runs tasks with warm functions: one, two, with files", async () => {
    withoutImage = scenario.run("no-image"); // a sweep has to find it: others run meanwhile
    withoutImage.catch(() => undefined);
    const cases = { one: /slept/, files: /it ran/ };
    for (const [name, message] of Object.entries(cases)) {
      const measured = [];
      for (let n = 0; n < times; n++) measured.push(await runBeside(name));
      for (const { ran } of measured) passed(ran, message);
      const row = await measure(
        name,
        "warm",
        measured.map(({ ran }) => ran),
      );
      rows.push({ ...row, alone: measured.map(({ aloneMs }) => aloneMs) });
    }
    const two = await scenario.run("hello");
    passed(two, /first output[\s\S]*second for s-/);
    rows.push(await measure("hello", "warm", [two]));
  });

  test("reports a failed task, and does not run the tasks after it", async () => {
    const { started, finished, jobs } = await scenario.run("failing");
    assert.deepEqual([started.length, finished.length], [1, 1]);
    assert.deepEqual([finished[0]?.data["status"], finished[0]?.data["result"]], ["succeeded", "fail"]);
    assert.match(String(finished[0]?.data["message"]), /exit code 3[\s\S]*it broke/);
    assert.ok(jobs.every(({ task, releasedAtMs }) => task === "first" || releasedAtMs === undefined));
  });

  test("runs every matching action, and sends nothing for silent ones", async () => {
    const { started, finished } = await scenario.run("several");
    const sources = ["job-executor-service", "job-executor-service#11"]; // by the place of the action in the config
    assert.deepEqual(started.map(({ source }) => source).sort(), sources);
    assert.deepEqual(finished.map(({ source }) => source).sort(), sources);
    const quiet = () => [...observer.jobs.values()].filter(({ task }) => task === "quiet");
    await until("the silent task ran too", () => quiet().some(({ endedAtMs }) => endedAtMs !== undefined));
  });

  test("reports a missing image with its sweep, long before the deadline", async () => {
    const { finished } = await withoutImage;
    assert.equal(finished[0]?.data["status"], "errored");
    assert.match(String(finished[0]?.data["message"]), /could not start: .*(ErrImagePull|ImagePullBackOff)/);
  });

  test("ends a run whose completion was never delivered: the source's adapter is gone", async () => {
    passed(
      await scenario.run("slow", {
        onReleased: async () => void (await kill("eventing.knative.dev/source=apiserver-source-controller")),
      }),
      /slow output/,
    );
  });

  test("ends runs although the pod of every function is killed during them", async () => {
    const all = await Promise.all(
      Array.from({ length: 5 }, () =>
        scenario.run("slow", { onReleased: async () => void (await kill("serving.knative.dev/service")) }),
      ),
    );
    for (const ran of all) passed(ran, /slow output/);
  });

  const graphs = Number(process.env["GRAPH_RUNS"] ?? (isShort ? 2 : 20));
  test(`ends ${graphs} runs of a graph although the functions' pods are killed at random`, async () => {
    let kills = 0;
    const onReleased = async () => {
      if (Math.random() < 0.5) return;
      kills += 1;
      await kill("serving.knative.dev/service");
    };
    const all: Ran[] = [];
    let left = graphs;
    const lane = async () => {
      while (left-- > 0) all.push(await scenario.run("graph", { onReleased }));
    };
    await Promise.all(Array.from({ length: 5 }, lane));
    console.log(`  killed ${kills} times`);
    for (const one of all) {
      assertPassed(one, 1, "warning");
      const { finished, jobs } = one;
      assert.match(
        String(finished[0]?.data["message"]),
        /built[\s\S]*left[\s\S]*right[\s\S]*exit code 3[\s\S]*joined[\s\S]*swept/,
      );
      const ran = jobs.filter(({ releasedAtMs }) => releasedAtMs !== undefined).map((job) => job.task);
      assert.deepEqual(ran.sort(), ["build", "join", "left", "odd", "right", "sweep"]);
    }
  });

  const atOnce = isShort ? 10 : 30;
  test(`${atOnce} runs, ten at once`, async () => {
    const all: Ran[] = [];
    let left = atOnce;
    const lane = async () => {
      while (left-- > 0) all.push(await scenario.run("one"));
    };
    await Promise.all(Array.from({ length: 10 }, lane));
    for (const ran of all) passed(ran, /slept/);
    rows.push(await measure(`one, ${atOnce} runs, 10 at once`, "warm", all));
  });

  test("is upgraded while runs are open", async () => {
    const next = await loadFunctionsImage("next"); // another name: a new Revision
    const ran = await scenario.run("slow", { onReleased: () => installation.apply(next) });
    passed(ran, /slow output/);
    await ready("ksvc");
  });

  test("scales to zero again after the last run, and removes its timer", async () => {
    await until(
      "the timer is gone",
      async () => (await installation.kubectl("get", "pingsource", "-o", "name")) === "",
      600,
    );
    await atZero();
  });

  test("is removed by one command, and leaves nothing behind", async () => {
    const { namespace } = installation;
    await installation.remove();
    const left = await installation.kubectl("get", "namespace", "--ignore-not-found", "-o", "name", namespace);
    assert.equal(left, "");
  });
});
