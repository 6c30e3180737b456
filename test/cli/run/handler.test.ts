// `job-executor run` as a user starts it: its output, its exit code, and what it leaves behind.
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { CloudEvent } from "cloudevents";
import { bundledCli } from "../../cluster/harness/bundled-programs.ts";

const main = await bundledCli();
const hello = new URL("../../../docs/examples/hello/", import.meta.url).pathname;
const eventFile = join(hello, "event.json");
const exampleConfig = join(hello, "job", "config.yaml");
const deadlineMs = 60_000;

let folder = "";
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "cli-run-"));
});
after(() => rm(folder, { recursive: true }));

interface Cli {
  readonly child: ChildProcess;
  /** The output so far. */
  readonly printed: { stdout: string; stderr: string };
  readonly code: Promise<number>;
}

const start = (args: readonly string[]): Cli => {
  const env = { ...process.env, TMPDIR: folder, NODE_TEST_CONTEXT: undefined };
  const child = spawn(process.execPath, [main, "run", ...args], { env, timeout: deadlineMs });
  const printed = { stdout: "", stderr: "" };
  child.stdout.on("data", (bytes) => (printed.stdout += bytes));
  child.stderr.on("data", (bytes) => (printed.stderr += bytes));
  return { child, printed, code: once(child, "close").then(([code]) => code) };
};

const run = async (...args: string[]) => {
  const { printed, code } = start(args);
  const exitCode = await code;
  const lines = printed.stdout.split("\n").filter((line) => line !== "");
  return { ...printed, code: exitCode, events: lines.map((line) => new CloudEvent<Data>(JSON.parse(line))) };
};

interface Data {
  readonly result?: string;
  readonly status?: string;
  readonly message?: string;
}

/** A folder with a job config with these tasks. */
const configOf = async (actions: string): Promise<string> => {
  const service = await mkdtemp(join(folder, "service-"));
  await mkdir(join(service, "job"));
  const file = join(service, "job", "config.yaml");
  await writeFile(file, `apiVersion: v2\nactions:\n${actions}`);
  return file;
};

const action = (name: string, tasks: string, more = "") => `
  - name: ${name}
    ${more}
    events: [{ name: sh.keptn.event.remote-task.triggered }]
    tasks: ${tasks}
`;

const task = (name: string, script: string) => JSON.stringify({ name, image: "none:1", cmd: ["sh", "-c", script] });

const runConfig = async (actions: string, ...args: string[]) =>
  run("--runtime", "process", "--config", await configOf(actions), "--event", eventFile, ...args);

const waitFor = async (what: () => boolean): Promise<void> => {
  const patience = AbortSignal.timeout(deadlineMs);
  while (!what()) await sleep(20, undefined, { signal: patience });
};

test("the example passes, and sends both outputs to Keptn", async () => {
  const { code, events, stderr } = await run("--runtime", "process", "--config", exampleConfig, "--event", eventFile);
  assert.equal(code, 0, stderr);
  const asked = JSON.parse(await readFile(eventFile, "utf8"));
  assert.deepEqual(
    events.map(({ type }) => type),
    ["sh.keptn.event.remote-task.started", "sh.keptn.event.remote-task.finished"],
  );
  for (const event of events) {
    assert.equal(event["triggeredid"], asked.id);
    assert.equal(event["shkeptncontext"], asked.shkeptncontext);
    assert.equal(event["gitcommitid"], asked.gitcommitid);
  }
  const { result, status, message } = events[1]?.data ?? {};
  assert.equal(result, "pass");
  assert.equal(status, "succeeded");
  assert.match(message ?? "", /Hello from a task/);
  assert.match(message ?? "", /To podtato-head, build 1\.0\.3:\nThis file was in the Git repository/);
});

test("a task runs without an event file, with a made-up event", async () => {
  const config = await configOf(action("Make", `[${task("say", "echo in $KEPTN_STAGE: $GREETING")}]`));
  const text = await readFile(config, "utf8");
  const env = 'env: [{ name: GREETING, value: "$.data.greetings[0]", valueFrom: event }], ';
  await writeFile(config, text.replace('{"name"', `{${env}"name"`));
  const values = ["--set", "data.stage=dev", "--set", "data.greetings[0]=hello"];
  const { code, events, stderr } = await run(
    ...["--runtime", "process", "--config", config, "--task", "remote-task", ...values],
  );
  assert.equal(code, 0, stderr);
  assert.match(stderr, /Generated event: sh\.keptn\.event\.remote-task\.triggered for project my-project, stage dev/);
  assert.match(events[1]?.data?.message ?? "", /in dev: hello/);
});

test("no task starts after a failed one", async () => {
  const touched = join(folder, "second-ran");
  const tasks = `[${task("first", "echo so far; exit 3")}, ${task("second", `touch ${touched}`)}]`;
  const { code, events, stderr } = await runConfig(action("Two", tasks));
  assert.equal(code, 1);
  assert.equal(existsSync(touched), false);
  assert.equal(events.length, 2);
  assert.equal(events[1]?.data?.result, "fail");
  assert.match(events[1]?.data?.message ?? "", /so far/);
  assert.match(stderr, /✖ first .*exit code 3/);
  assert.doesNotMatch(stderr, /second/);
});

test("independent tasks run concurrently, and failFast stops one when another fails", async () => {
  const meet = (own: string, other: string) =>
    `touch ${join(folder, own)}; until [ -e ${join(folder, other)} ]; do sleep 0.1; done`;
  const also = (json: string, more: object) => JSON.stringify({ ...JSON.parse(json), ...more });
  const [one, two] = [task("One", meet("one", "two")), also(task("Two", meet("two", "one")), { needs: [] })];
  const passed = await runConfig(action("Side by side", `[${one}, ${two}]`));
  assert.equal(passed.code, 0, passed.stderr);
  const endless = also(task("Endless", "sleep 1000"), { needs: [] });
  const failed = await runConfig(action("Stopped", `[${task("Fails", "exit 3")}, ${endless}]`, "failFast: true"));
  assert.match(failed.events.at(-1)?.data?.message ?? "", /Task 'Endless' failed: it was stopped: task 'Fails' failed/);
});

test("an invalid config is reported with line and column, and nothing runs", async () => {
  const tasks = `[{ name: first, image: "none:1", cmd: [sh, -c, exit], imagee: x }]`;
  const { code, stdout, stderr } = await runConfig(action("Broken", tasks));
  assert.equal(code, 2);
  assert.equal(stdout, "");
  assert.match(stderr, /job\/config\.yaml:\d+:\d+ .*imagee/);
});

test("warnings are the same as in lint and plan, and do not prevent the run", async () => {
  const tasks = `[{ name: first, image: "none:1", cmd: [sh, -c, "echo hi", "|", sort] }]`;
  const { code, stderr } = await runConfig(action("Warned", tasks));
  assert.equal(code, 0, stderr);
  assert.match(stderr, /job\/config\.yaml:\d+:\d+ warning operator-after-script: Task "first" runs only "echo hi"/);
});

test("a broken action is reported to Keptn, and the others run", async () => {
  const broken = `[{ name: b, image: "none:1", image: "none:2" }]`;
  const { code, events, stderr } = await runConfig(action("A", `[${task("a", "echo hi")}]`) + action("B", broken));
  assert.equal(code, 1, stderr);
  const finished = events.filter(({ type }) => type.endsWith(".finished"));
  assert.deepEqual(finished.map(({ data }) => data?.status).sort(), ["errored", "succeeded"]);
  const [{ data } = {}] = finished.filter((event) => event.data?.status === "errored");
  assert.match(String(data?.message), /Action 'B' cannot run: .*duplicate-key/);
});

test("an event without a matching action is reported, but not as a failure", async () => {
  const { code, stdout, stderr } = await runConfig(
    action("Other", `[${task("first", "true")}]`).replace("remote-task", "deployment"),
  );
  assert.equal(code, 0);
  assert.equal(stdout, "");
  assert.match(stderr, /No action .* matches sh\.keptn\.event\.remote-task\.triggered/);
});

test("every matching action runs, and a silent one sends nothing", async () => {
  const actions = [
    action("One", `[${task("a", "echo from a")}]`),
    action("Two", `[${task("b", "echo from b")}]`),
    action("Quiet", `[${task("c", "echo from c")}]`, "silent: true"),
  ];
  const { code, events, stderr } = await runConfig(actions.join(""));
  assert.equal(code, 0, stderr);
  const sources = Map.groupBy(events, ({ source }) => source);
  assert.equal(sources.size, 2);
  for (const [, [first, second, ...others]] of sources) {
    assert.match(first?.type ?? "", /started$/);
    assert.match(second?.type ?? "", /finished$/);
    assert.deepEqual(others, []);
  }
  assert.doesNotMatch(JSON.stringify(events), /from c/);
  assert.match(stderr, /Quiet \/ c │ from c/);
});

test("a failed silent action fails the command", async () => {
  const { code, stdout } = await runConfig(action("Quiet", `[${task("c", "exit 1")}]`, "silent: true"));
  assert.equal(code, 1);
  assert.equal(stdout, "");
});

test("output appears as it is written", async () => {
  const go = join(folder, "go");
  const config = await configOf(
    action("Slow", `[${task("wait", `printf 'half a line, '; echo seen; until [ -e ${go} ]; do sleep 0.02; done`)}]`),
  );
  const { printed, code } = start(["--runtime", "process", "--config", config, "--event", eventFile]);
  await waitFor(() => printed.stderr.includes("wait │ half a line, seen\n"));
  await writeFile(go, "");
  assert.equal(await code, 0);
});

test("Ctrl-C stops the containers, says so, and sends Keptn nothing it cannot know", async () => {
  const pidFile = join(folder, "pid");
  const config = await configOf(
    action("Endless", `[${task("sleep", `echo $$$$ > ${pidFile}; echo asleep; while :; do sleep 1; done`)}]`),
  );
  const { child, printed, code } = start(["--runtime", "process", "--config", config, "--event", eventFile]);
  await waitFor(() => printed.stderr.includes("asleep"));
  child.kill("SIGINT");
  assert.equal(await code, 130);
  assert.match(printed.stderr, /stopped/);
  assert.doesNotMatch(printed.stdout, /finished/);
  const pid = Number(await readFile(pidFile, "utf8"));
  assert.throws(() => process.kill(pid, 0), { code: "ESRCH" });
});

test("a missing Secret is named, and a given one is used", async () => {
  const values = join(folder, "login.env");
  await writeFile(values, 'USER_NAME="somebody"\n');
  const tasks = `[{ name: login, image: "none:1", cmd: [sh, -c, 'echo "I am $USER_NAME"'], env: [{ name: login, valueFrom: secret }] }]`;
  const without = await runConfig(action("Login", tasks));
  assert.equal(without.code, 1);
  assert.match(without.events[1]?.data?.message ?? "", /secret "login" not found/);
  const given = await runConfig(action("Login", tasks), "--secret", `login=${values}`);
  assert.equal(given.code, 0, given.stderr);
  assert.match(given.events[1]?.data?.message ?? "", /I am somebody/);
});

test("a missing file fails the task before it starts", async () => {
  const tasks = `[{ name: reader, image: "none:1", cmd: [sh, -c, 'echo ran'], files: [missing.txt] }]`;
  const { code, events } = await runConfig(action("Read", tasks));
  assert.equal(code, 1);
  assert.match(events[1]?.data?.message ?? "", /missing\.txt/);
  assert.doesNotMatch(events[1]?.data?.message ?? "", /ran\n/);
});

const wrong = [
  {
    args: ["--event", "no-such-file.json", "--config", exampleConfig],
    says: /Cannot read the event no-such-file\.json/,
  },
  { args: ["--event", exampleConfig, "--config", exampleConfig], says: /config\.yaml is not JSON/ },
  { args: [], says: /--event/ },
  { args: ["--event", eventFile, "--runtime", "cri-o"], says: /--runtime.*cri-o/ },
  { args: ["--event", eventFile, "--config", "no-such-config.yaml"], says: /job config no-such-config\.yaml/ },
];
for (const { args, says } of wrong) {
  test(`a usage error exits with code 2 and a message: run ${args.join(" ")}`, async () => {
    const { code, stdout, stderr } = await run(...args);
    assert.equal(code, 2);
    assert.equal(stdout, "");
    assert.match(stderr, says);
    assert.doesNotMatch(stderr, /\n {4}at /);
  });
}

test("no temporary files are left behind", async () => {
  await runConfig(action("One", `[${task("a", "echo > /keptn/made")}]`));
  assert.deepEqual(
    (await readdir(folder)).filter((name) => name.startsWith("job-executor")),
    [],
  );
});
