// Failures of real pods are reported quickly and in Kubernetes' words, and never hang a run.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { refOf } from "../../functions/lib/core/object-meta.ts";
import { connectJobs } from "../../functions/lib/kubernetes/jobs.ts";
import { sendSweep } from "./harness/adapter.ts";
import { makeRandom } from "./harness/random.ts";
import { openWorld, type TestWorld, testImage, until } from "./harness/world.ts";
import { noCluster } from "./namespace.ts";

type Status = "errored" | "succeeded";

interface Case {
  readonly task: string;
  /** Where it depends on what Kubernetes called the end: of the message. */
  readonly status: Status | ((said: string) => Status);
  readonly result: "pass" | "fail";
  readonly message: RegExp;
}

const sh = (script: string): string => `cmd: ["sh", "-c", ${JSON.stringify(script)}]`;
const small = "resources: {limits: {cpu: 500m, memory: 16Mi}, requests: {cpu: 10m, memory: 16Mi}}";

const cases: Readonly<Record<string, Case>> = {
  "no-image": {
    task: "image: dev.local/there-is-none:1, imagePullPolicy: IfNotPresent",
    ...{ status: "errored", result: "fail" },
    message:
      /^Task 'no-image' could not start: container .* \(image dev\.local\/there-is-none:1\): (ErrImagePull|ImagePullBackOff)/,
  },
  "bad-image": {
    task: `image: ${testImage}, imagePullPolicy: Never, cmd: ["true"], env: [{name: nothing, valueFrom: secret}]`,
    ...{ status: "errored", result: "fail" },
    message: /could not start: container .*CreateContainerConfigError: secret "nothing" not found/,
  },
  "no-program": {
    task: `image: ${testImage}, cmd: ["/there-is-none"]`,
    ...{ status: "errored", result: "fail" },
    message: /failed: container \S+ could not start: .*\/there-is-none.*\(exit code 128, StartError\)/,
  },
  oom: {
    task: `image: ${testImage}, ${small}, ${sh("echo before; exec tail /dev/zero")}`,
    // containerd calls it OOMKilled only if it hears of that before the process's end; else it is a task that was killed.
    result: "fail",
    status: (said) => (said.includes("OOMKilled") ? "errored" : "succeeded"),
    message: /(OOMKilled|exit code 137)[\s\S]*before/,
  },
  deadline: {
    task: `image: ${testImage}, maxPollDuration: 5, ${sh("echo until then; sleep 1000")}`,
    ...{ status: "errored", result: "fail" },
    message: /stopped at its deadline of 5 s \(maxPollDuration\)[\s\S]*until then/,
  },
  unschedulable: {
    task: `image: ${testImage}, cmd: ["true"], maxPollDuration: 3, resources: {requests: {cpu: "100000"}, limits: {cpu: "100000"}}`,
    ...{ status: "errored", result: "fail" },
    message: /could not start: pod \S+ has no node 20 s after its release \(START_DEADLINE_SECONDS\).*Insufficient cpu/,
  },
  loud: {
    // 10 MB in long lines: the kubelet would rotate a log of more than 10 MiB, timestamps included, and its beginning with it.
    task: `image: ${testImage}, ${sh("echo the first line; l=$(head -c 1999 /dev/zero | tr '\\0' x); for i in $(seq 5000); do echo $l; done; echo the last line")}`,
    ...{ status: "succeeded", result: "pass" },
    message: /the first line[\s\S]*left out[\s\S]*the last line/,
  },
  binary: {
    task: `image: ${testImage}, ${sh("head -c 100000 /dev/urandom; echo; echo the end; exit 1")}`,
    ...{ status: "succeeded", result: "fail" },
    message: /exit code 1[\s\S]*the end/,
  },
  deleted: {
    task: `image: ${testImage}, ${sh("sleep 1000")}`,
    ...{ status: "errored", result: "fail" },
    message: /^Task 'deleted' did not end: its Job .* was deleted\./,
  },
};

const config = `apiVersion: v2
actions:
${Object.entries(cases)
  .map(([name, { task }]) => {
    const pull = task.includes("imagePullPolicy") ? "" : ", imagePullPolicy: IfNotPresent";
    const second = `{name: second, image: ${testImage}, imagePullPolicy: IfNotPresent, cmd: ["true"]}`;
    return `  - {name: ${name}, events: [{name: ^sh.keptn.event.${name}.triggered$}], tasks: [{name: ${name}, ${task}${pull}}, ${second}]}`;
  })
  .join("\n")}
`;

/** With the timer's minute, a run that cannot start is told of 75 s after its grace time at the latest; here it ticks faster. */
const graceSeconds = 10;
const mostSeconds = graceSeconds + 75;

describe("failures in real pods", { skip: noCluster }, () => {
  let world: TestWorld;
  let timer: NodeJS.Timeout;
  before(async () => {
    world = await openWorld({
      unreliability: { random: makeRandom(1), lost: 0, doubled: 0, lateMs: 0 },
      settings: { START_GRACE_SECONDS: String(graceSeconds), START_DEADLINE_SECONDS: "20" },
    });
    world.configure(config);
    timer = setInterval(() => void sendSweep(world.finishTask.url), 15_000);
  });
  after(async () => {
    clearInterval(timer);
    await world?.close();
  });

  const runOne = async (name: string): Promise<void> => {
    const { status, result, message } = cases[name]!;
    const { event } = await world.run(`sh.keptn.event.${name}.triggered`);
    if (name === "deleted") await deleteFirst(world, event);
    await until(`finished of ${name}`, () => world.keptn.counts(event.id)?.state === "complete", mostSeconds);
    const counts = world.keptn.counts(event.id);
    assert.deepEqual([counts?.started, counts?.finished], [1, 1]);
    const sent = world.keptn.plane.received.find((e) => e.triggeredid === event.id && e.type.endsWith(".finished"));
    const said = String(sent?.data["message"]);
    const due = typeof status === "string" ? status : status(said);
    assert.deepEqual([sent?.data["status"], sent?.data["result"]], [due, result], name);
    assert.ok(message.test(said), `${message} is not in ${said.slice(0, 1000)}`);
    assert.ok(JSON.stringify(sent).length < 50_000);
    await until("its Jobs are let go", async () =>
      (await world.jobsOf(event)).every(
        ({ metadata, spec }) => !metadata?.finalizers?.length && spec?.ttlSecondsAfterFinished,
      ),
    );
    const left = (await world.jobsOf(event)).map(({ metadata }) => metadata?.labels?.["keptn.sh/jes-task"]);
    if (result === "fail") assert.ok(!left.includes("second"), "the second task's Job is still there");
  };

  // Side by side: most of it is waiting.
  const running = new Map<string, Promise<void>>();
  before(() => {
    for (const name of Object.keys(cases)) {
      const run = runOne(name);
      run.catch(() => {});
      running.set(name, run);
    }
  });
  for (const name of Object.keys(cases)) test(name.replaceAll("-", " "), () => running.get(name));
});

const deleteFirst = async (world: TestWorld, event: Parameters<TestWorld["jobsOf"]>[0]): Promise<void> => {
  const { namespace } = world;
  const jobs = connectJobs(namespace.api);
  await until("it runs", async () => (await world.jobsOf(event)).some(({ status }) => status?.ready === 1));
  const first = (await world.jobsOf(event)).find(
    ({ metadata }) => metadata?.labels?.["keptn.sh/jes-task-index"] === "0",
  );
  assert.ok(first);
  await jobs.delete(refOf(first));
};
