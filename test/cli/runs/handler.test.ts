// `job-executor runs` on an in-memory cluster: what it requests, what it shows, and how a watch continues and ends.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type RunsOptions, runs } from "../../../functions/cli/runs/handler.ts";
import type { Sleep } from "../../../functions/cli/runs/watch.ts";
import { annotation } from "../../../functions/lib/core/annotations/annotations.ts";
import type { Job, Pod } from "../../../functions/lib/core/kubernetes.ts";
import { IoError } from "../../../functions/lib/io-error.ts";
import type { Runs } from "../../../functions/lib/kubernetes/runs.ts";
import { makeScreen, makeTerminal } from "../../doubles/terminal.ts";
import { makeTestPod, makeWarning } from "../../pods.ts";
import { makeJobs, type TestRun, testEvent, testRunId } from "../../runs.ts";

const now = () => new Date("2026-01-02T03:04:30Z");
const announced = "2026-01-02T03:04:06Z";
const reported = "2026-01-02T03:04:21Z";

interface Cluster extends Runs {
  jobs: Job[];
  pods: Pod[];
  fault?: IoError;
  readonly asked: string[];
}

const makeCluster = (given: readonly TestRun[]): Cluster => {
  const asked: string[] = [];
  const jobs = given.flatMap(makeJobs);
  const within = <T extends Job | Pod>(all: readonly T[], namespace: string): T[] =>
    all.filter(({ metadata }) => namespace === "*" || metadata?.namespace === namespace);
  const cluster: Cluster = {
    ...{ jobs, pods: [], asked },
    listJobs: async (namespace) => {
      asked.push(`jobs ${namespace}`);
      if (cluster.fault) throw cluster.fault;
      return within(cluster.jobs, namespace);
    },
    listPods: async (namespace, runId) => {
      asked.push(`pods ${namespace}${runId ? ` of ${runId}` : ""}`);
      return within(cluster.pods, namespace);
    },
    listWarnings: async ({ name }) => {
      asked.push(`warnings ${name}`);
      return [makeWarning("FailedCreate: exceeded quota", announced)];
    },
    findTimer: async () => {
      asked.push("timer");
      return "missing";
    },
  };
  return cluster;
};

/** A watch polls every 2 s; here every 40 ms. */
const sleep: Sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms / 50));

const when = async (holds: () => boolean): Promise<void> => {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 5));
};

const usual: RunsOptions = { recent: 20, output: "table" };
const start = (cluster: Cluster, options: Partial<RunsOptions> = {}, wanted?: string) => {
  const terminal = makeTerminal(now);
  const code = runs(
    { wanted, options: { ...usual, ...options }, cluster: { runs: cluster, namespace: "jobs" }, sleep },
    terminal,
  );
  return { terminal, code };
};
const numbered = (count: number, run: TestRun): TestRun[] =>
  Array.from({ length: count }, (_, i) => ({ ...run, event: { ...testEvent, id: `${i}-${run.phases.join()}` } }));

describe("runs requests", () => {
  test("the Jobs, and nothing more while no task runs", async () => {
    const cluster = makeCluster([{ phases: ["succeeded"], announced, reported }]);
    await start(cluster).code;
    assert.deepEqual(cluster.asked, ["jobs jobs"]);
  });
  test("the pods of all running tasks at once, however many there are", async () => {
    const cluster = makeCluster(numbered(50, { phases: ["running"], announced }));
    cluster.pods = cluster.jobs.map((job) =>
      makeTestPod(job, { phase: "Running", startTime: announced, main: { running: {} } }),
    );
    await start(cluster).code;
    assert.deepEqual(cluster.asked, ["jobs jobs", "pods jobs"]);
  });
  test("warnings for stuck tasks, up to a readable number", async () => {
    const cluster = makeCluster(numbered(50, { phases: ["running"], announced }));
    const { terminal, code } = start(cluster);
    await code;
    assert.equal(cluster.asked.filter((what) => what.startsWith("warnings")).length, 20);
    assert.match(terminal.stdout.join("\n"), /created no pod for Job .*Kubernetes said: FailedCreate: exceeded quota/);
  });
  test("the timer once, when finish-task should have continued a run", async () => {
    const cluster = makeCluster(
      numbered(3, { phases: ["succeeded", "waiting"], announced, createdAt: "2026-01-02T03:00:00Z" }),
    );
    cluster.jobs = cluster.jobs.map((job) => ({
      ...job,
      status: { ...job.status, completionTime: "2026-01-02T03:01:00Z" },
    }));
    const { terminal, code } = start(cluster);
    await code;
    assert.deepEqual(cluster.asked, ["jobs jobs", "timer"]);
    assert.match(terminal.stdout.join("\n"), /timer \(a PingSource\) does not exist/);
  });
  test("all namespaces in one request, or the other namespaces of runs found here", async () => {
    const run: TestRun = { phases: ["running"], announced, namespace: "other" };
    const cluster = makeCluster([run]);
    await start(cluster, { allNamespaces: true }).code;
    assert.deepEqual(cluster.asked.slice(0, 2), ["jobs *", "pods *"]);
    const split = makeCluster([{ phases: ["succeeded", "running"], announced }]);
    const chain = JSON.stringify(split.jobs[0]?.metadata?.annotations).replaceAll(
      '\\"namespace\\":\\"jobs\\",\\"name\\":\\"' + split.jobs[1]?.metadata?.name,
      '\\"namespace\\":\\"other\\",\\"name\\":\\"' + split.jobs[1]?.metadata?.name,
    );
    for (const job of split.jobs) job.metadata!.annotations = JSON.parse(chain);
    split.jobs[1]!.metadata!.namespace = "other";
    const { terminal, code } = start(split, { output: "json" });
    await code;
    assert.deepEqual(split.asked.slice(0, 4), ["jobs jobs", "jobs other", "pods jobs", "pods other"]);
    assert.equal(JSON.parse(terminal.stdout[0] ?? "").runs[0].tasks[1].state, "starting");
  });
});

describe("runs shows", () => {
  test("as many reported runs as requested, and the number of others", async () => {
    const cluster = makeCluster(numbered(5, { phases: ["succeeded"], announced, reported }));
    const { terminal, code } = start(cluster, { recent: 2 });
    assert.equal(await code, 0);
    assert.equal(terminal.stdout.join("\n").split("\n").length, 3);
    assert.deepEqual(terminal.stderr, ["3 more reported runs: --recent 5"]);
  });
  test("that there are none, and where else to look", async () => {
    const { terminal, code } = start(makeCluster([]));
    assert.equal(await code, 0);
    assert.deepEqual([terminal.stdout.length, terminal.stderr.length], [0, 1]);
    assert.match(terminal.stderr[0] ?? "", /no runs in namespace jobs.*--namespace.*--all-namespaces/);
  });
  test("one run in detail, found by its event, with all of its pods", async () => {
    const cluster = makeCluster([{ phases: ["failed"], announced, reported }, ...numbered(2, { phases: ["running"] })]);
    const { terminal, code } = start(cluster, {}, testEvent.id);
    assert.equal(await code, 0);
    assert.deepEqual(cluster.asked, ["jobs jobs", `pods jobs of ${testRunId()}`]);
    assert.match(terminal.stdout.join("\n"), /^✖ failed {2}deploy[\s\S]*told Keptn {2}started 2026-01-02T03:04:06Z/);
  });
  test("where Kubernetes keeps the reason, for a run that ended before its task ran", async () => {
    const cluster = makeCluster([{ phases: ["waiting"], announced, reported, states: ["reported"] }]);
    const { terminal, code } = start(cluster, {}, testRunId());
    assert.equal(await code, 0);
    const job = cluster.jobs[0]?.metadata?.name;
    assert.match(
      terminal.stdout.join("\n"),
      new RegExp(`kubectl -n jobs get events --field-selector involvedObject.name=${job}$`),
    );
  });
  test("that a namespace may not be listed, and no Job there as missing", async () => {
    const cluster = makeCluster([{ phases: ["succeeded", "missing"], announced }]);
    for (const { metadata } of cluster.jobs) {
      const text = metadata?.annotations?.[annotation.spec] ?? "";
      const chain = JSON.parse(text) as { jobs: { namespace: string }[] };
      chain.jobs[1]!.namespace = "team-b";
      metadata!.annotations![annotation.spec] = JSON.stringify(chain);
    }
    const { listJobs } = cluster;
    cluster.listJobs = async (namespace) => {
      if (namespace !== "team-b") return listJobs(namespace);
      throw new IoError("You may not list jobs.batch in namespace team-b.", { retryable: false, httpStatus: 403 });
    };
    const { terminal, code } = start(cluster);
    assert.equal(await code, 0);
    assert.match(terminal.stdout.join("\n"), /stuck .* 2\/2 task-2/);
    assert.match(terminal.stdout.join("\n"), /Its Jobs in namespace team-b cannot be listed: You may not list/);
    assert.match(
      terminal.stderr.join("\n"),
      /^note: You may not list jobs\.batch in namespace team-b\. The state of tasks there is unknown/m,
    );
    const json = start(cluster, { output: "json" });
    await json.code;
    const [run] = JSON.parse(json.terminal.stdout.join("\n")).runs;
    assert.deepEqual([run.state, run.stuck, run.tasks[1].state], ["running", true, "unknown"]);
  });

  test("everything else when pods may not be read", async () => {
    const cluster = makeCluster([{ phases: ["running"], announced }]);
    cluster.listPods = async () => {
      throw new IoError("You may not list pods in namespace jobs.", { retryable: false, httpStatus: 403 });
    };
    const { terminal, code } = start(cluster);
    assert.equal(await code, 0);
    assert.match(
      terminal.stderr.join("\n"),
      /^note: You may not list pods in namespace jobs\. Without it, the reason why a task does not start/,
    );
    assert.match(terminal.stdout.join("\n"), /1\/1 task-1, starting/);
  });
  test("a diagram", async () => {
    const { terminal, code } = start(makeCluster([{ phases: ["running"], announced }]), { output: "mermaid" });
    assert.equal(await code, 0);
    assert.match(terminal.stdout[0] ?? "", /^gantt\n/);
  });
  test("an error for an unknown id", async () => {
    await assert.rejects(start(makeCluster([]), {}, "nothing-like-it").code, {
      name: "UsageError",
      message: /There is no run, event or context nothing-like-it in namespace jobs\./,
    });
    await assert.rejects(start(makeCluster([]), { watch: true, output: "json" }).code, { name: "UsageError" });
  });
});

describe("runs --watch", () => {
  const running = { phases: ["running"], announced } as const;
  const over: TestRun = { ...running, phases: ["succeeded"], reported, states: ["reported"] };

  test("prints each change of one run once, and ends with the run", async () => {
    const cluster = makeCluster([running]);
    const { terminal, code } = start(cluster, { watch: true }, testRunId());
    setTimeout(() => (cluster.jobs = makeJobs(over)), 50);
    assert.equal(await code, 0);
    assert.equal(terminal.stdout.length, 2, terminal.stdout.join("\n"));
    assert.match(
      terminal.stdout[0] ?? "",
      /^2026-01-02T03:04:30Z [0-9a-f]{8}-001 {2}stuck {2}1\/1 task-1, starting {2}deploy: Kubernetes has created no pod/,
    );
    assert.match(terminal.stdout[1] ?? "", /passed {2}1\/1 {2}deploy$/);
  });
  test("exits with code 1 when the run failed or is gone", async () => {
    const failed = makeCluster([{ ...over, phases: ["failed"] }]);
    assert.equal(await start(failed, { watch: true }, testRunId()).code, 1);
    const gone = makeCluster([running]);
    const { terminal, code } = start(gone, { watch: true }, testRunId());
    gone.jobs = [];
    setTimeout(() => (gone.jobs = []), 0);
    assert.equal(await code, 1);
    assert.match(terminal.stderr.join("\n"), /its Jobs are deleted/);
  });
  test("survives a cluster that is away, and can be interrupted", async () => {
    const cluster = makeCluster([running]);
    const { terminal, code } = start(cluster, { watch: true });
    setTimeout(() => (cluster.fault = new IoError("No cluster answers.", { retryable: true })), 10);
    void when(() => terminal.stderr.length > 0).then(terminal.interrupt);
    assert.equal(await code, 0);
    assert.deepEqual(terminal.stderr, ["2026-01-02T03:04:30Z No cluster answers."]);
  });
  test("redraws everything in place on a terminal", async () => {
    const cluster = makeCluster([{ phases: ["running", "waiting"], announced, tasks: ["load", "report"] }]);
    cluster.pods = [
      makeTestPod(cluster.jobs[0]!, {
        phase: "Running",
        startTime: announced,
        main: { running: { startedAt: "2026-01-02T03:04:12Z" } },
      }),
    ];
    const screen = makeScreen({ columns: 60, rows: 20 });
    const terminal = makeTerminal(now, { stdout: screen, stderr: screen });
    const code = runs(
      { wanted: undefined, options: { ...usual, watch: true }, cluster: { runs: cluster, namespace: "jobs" }, sleep },
      terminal,
    );
    void when(() => screen.lines().length > 0).then(terminal.interrupt);
    assert.equal(await code, 0);
    const [title, first, second, ...rest] = screen.lines();
    assert.match(title ?? "", /^▶ deploy {2}sockshop\/dev\/carts .* running {2}25s$/);
    assert.match(first ?? "", /^ {2}▶ load {4}·+╌+━+ +20s$/);
    assert.match(second ?? "", /^ {2}· report {2}·+$/);
    assert.deepEqual(rest, ["", "", "  ·· waiting   ╌╌ starting   ── fetching files   ━━ running"]);
    assert.equal(screen.isCursorHidden(), false);
  });
  test("keeps the last picture of a run whose Jobs are deleted, and says where else to find the reason", async () => {
    const cluster = makeCluster([running]);
    const screen = makeScreen({ columns: 240, rows: 40 });
    const terminal = makeTerminal(now, { stdout: screen, stderr: screen });
    const options = { ...usual, watch: true };
    const wanted = testRunId();
    const code = runs({ wanted, options, cluster: { runs: cluster, namespace: "jobs" }, sleep }, terminal);
    void when(() => screen.lines().length > 0).then(() => (cluster.jobs = []));
    assert.equal(await code, 1);
    const seen = screen.lines().join("\n");
    assert.match(seen, /Kubernetes has created no pod[\s\S]*reason=CouldNotStart/);
    assert.doesNotMatch(seen, /There are no runs/);
  });
});
