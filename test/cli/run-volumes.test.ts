// `job-executor run` with volumes and single keys: what this machine can provide, and what it reports as missing.
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
  folder = await mkdtemp(join(tmpdir(), "cli-volumes-"));
  await writeFile(join(folder, "values.env"), "PASSWORD=pass\nLOG_LEVEL=debug\n");
});
after(() => rm(folder, { recursive: true }));

const runTasks = async (tasks: readonly object[], ...args: string[]) => {
  const service = await mkdtemp(join(folder, "service-"));
  await mkdir(join(service, "job"));
  const config = join(service, "job", "config.yaml");
  const action = { name: "Volumes", events: [{ name: "test" }], tasks };
  await writeFile(config, JSON.stringify({ apiVersion: "v2", actions: [action] }));
  const words = [main, "run", "--runtime", "process", "--config", config, "--task", "test", ...args];
  const env = { ...process.env, TMPDIR: folder, NODE_TEST_CONTEXT: undefined };
  return new Promise<{ readonly code: number; readonly stdout: string; readonly stderr: string }>((resolve) => {
    execFile(process.execPath, words, { env, timeout: deadlineMs }, (fault, stdout, stderr) =>
      resolve({ code: fault ? Number(fault.code) : 0, stdout, stderr }),
    );
  });
};

const task = (name: string, script: string) => ({
  ...{ name, image: "none:1", cmd: ["sh", "-c", script], nodeSelector: { disk: "ssd" } },
  env: [
    { name: "DB", valueFrom: "secret", secret: { name: "carts-db", key: "PASSWORD" } },
    { name: "LEVEL", valueFrom: "configMap", configMap: { name: "carts", key: "LOG_LEVEL" } },
  ],
  volumes: [
    { mount: "cache", claim: "cache", path: "/cache" },
    { mount: "settings", configMap: "carts", path: "/etc/carts" },
    { mount: "db", secret: "carts-db", path: "/etc/db" },
    { mount: "tmp", emptyDir: {}, path: "/tmp" },
  ],
});

test("a task gets its volumes and keys, and what this machine cannot provide is reported once", async () => {
  const values = join(folder, "values.env");
  const read =
    "echo $DB $LEVEL; cat /etc/carts/LOG_LEVEL /etc/db/PASSWORD; echo; cat /cache/x; touch /tmp/x && ls /tmp";
  const tasks = [task("first", "echo kept > /cache/x"), task("second", read)];
  const given = ["--secret", `carts-db=${values}`, "--config-map", `carts=${values}`];
  const { code, stdout, stderr } = await runTasks(tasks, ...given);
  assert.equal(code, 0, stderr);
  assert.match(stdout, /pass debug\\ndebugpass\\nkept\\nx/);
  assert.equal(stderr.match(/A local run ignores some settings of the tasks/g)?.length, 1);
  assert.match(stderr, /nodeSelector; persistentVolumeClaim \(replaced by an empty folder/);
});

test("a task does not start without the values that it mounts", async () => {
  const { code, stderr } = await runTasks([{ ...task("first", "exit"), env: [] }]);
  assert.equal(code, 1);
  assert.match(stderr, /configmap "carts" not found.*--config-map carts=FILE/);
});
