// `job-executor run` passes a task's result to a later task, and explains why a task with a missing value never starts.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { bundledCli } from "../cluster/harness/bundled-programs.ts";

const main = await bundledCli();
const deadlineMs = 120_000;

let folder = "";
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "cli-values-"));
});
after(() => rm(folder, { recursive: true }));

const runTasks = async (tasks: readonly object[], silent = false) => {
  const service = await mkdtemp(join(folder, "service-"));
  await mkdir(join(service, "job"));
  const config = join(service, "job", "config.yaml");
  const action = { name: "Values", silent, events: [{ name: "test" }], tasks };
  await writeFile(config, JSON.stringify({ apiVersion: "v2", actions: [action] }));
  const words = [main, "run", "--runtime", "process", "--config", config, "--task", "test"];
  const env = { ...process.env, TMPDIR: folder, NODE_TEST_CONTEXT: undefined };
  return new Promise<{ readonly code: number; readonly stdout: string; readonly stderr: string }>((resolve) => {
    execFile(process.execPath, words, { env, timeout: deadlineMs }, (fault, stdout, stderr) =>
      resolve({ code: fault ? Number(fault.code) : 0, stdout, stderr }),
    );
  });
};

const task = (name: string, script: string, ...values: readonly string[]) => ({
  ...{ name, image: "none:1", cmd: ["sh", "-c", script] },
  env: values.map((value, index) => ({ name: `V${index}`, valueFrom: "task", value })),
});

const build = task("build", `echo '{"image": "carts:1.10", "tags": ["a"]}' > $KEPTN_RESULT`);

test("values reach the later task, in its command too", async () => {
  const deploy = { ...task("deploy", 'echo "$V0 $V1 $1"', "$.build.image", "$.build.tags"), args: ["x", "$(V0)"] };
  const { code, stdout, stderr } = await runTasks([build, deploy]);
  assert.equal(code, 0, stderr);
  assert.match(stderr, /deploy │ carts:1\.10 \["a"\] carts:1\.10/);
  assert.match(stdout, /"result":"pass"/);
});

for (const silent of [false, true]) {
  test(`without its value, a task of ${silent ? "a silent" : "an"} action never starts, and the command fails`, async () => {
    const { code, stderr } = await runTasks([build, task("deploy", "echo ran", "$.build.imag")], silent);
    assert.equal(code, 1);
    assert.match(stderr, /✖ deploy: the variable V0 needs "\$\.build\.imag".* Did you mean "image"\?/);
    assert.ok(!stderr.includes("▶ deploy") && !stderr.includes("ran"));
  });
}
