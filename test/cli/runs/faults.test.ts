// `job-executor runs` as a user starts it, with clusters that do not respond, do not know the user, or forbid it.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { describe, type TestContext, test } from "node:test";
import { bundledCli } from "../../cluster/harness/bundled-programs.ts";
import { startServer } from "../../doubles/http-server.ts";
import { startApiServer } from "../../doubles/kubernetes/api-server.ts";
import { makeTempFolder } from "../../doubles/temp-folder.ts";
import { makeJobs, testEvent, testRunId } from "../../runs.ts";

const main = await bundledCli();

const runs = async (kubeconfig: string, ...args: string[]) => {
  const env = { ...process.env, NODE_TEST_CONTEXT: undefined, KUBECONFIG: kubeconfig, HOME: "/nowhere", NO_COLOR: "1" };
  const child = spawn(process.execPath, [main, "runs", ...args], { env, timeout: 60_000 });
  const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "close")]);
  return { stdout, stderr, code };
};

const configFor = async (context: TestContext, server: string): Promise<string> => {
  const file = join(await makeTempFolder(context), "config");
  const config = {
    ...{ apiVersion: "v1", kind: "Config", "current-context": "one" },
    clusters: [{ name: "c", cluster: { server, "insecure-skip-tls-verify": true } }],
    users: [{ name: "u", user: {} }],
    contexts: [
      { name: "one", context: { cluster: "c", user: "u" } },
      { name: "two", context: { cluster: "c", user: "u", namespace: "jobs" } },
    ],
  };
  await writeFile(file, JSON.stringify(config));
  return file;
};

const refuse = async (context: TestContext, status: number, message: string): Promise<string> => {
  const server = await startServer((_, answer) => {
    answer.writeHead(status, { "content-type": "application/json" });
    answer.end(JSON.stringify({ kind: "Status", status: "Failure", message, code: status }));
  });
  context.after(() => server.close());
  return configFor(context, server.url);
};

describe("runs", { concurrency: true }, () => {
  test("no cluster: it says which server does not respond, and where that address comes from", async (context) => {
    const { stdout, stderr, code } = await runs(await configFor(context, "http://127.0.0.1:1"));
    assert.deepEqual([stdout, code], ["", 3]);
    assert.match(
      stderr,
      /^error: The cluster at http:\/\/127\.0\.0\.1:1 does not answer \(connect ECONNREFUSED.*\)\. .* KUBECONFIG, --kubeconfig or --context/,
    );
  });

  test("no kubeconfig: it says so", async () => {
    const { stderr, code } = await runs("");
    assert.equal(code, 3);
    assert.match(stderr, /^error: No kubeconfig found in KUBECONFIG/);
  });

  test("forbidden: it names the missing verb and resource, in Kubernetes' words too", async (context) => {
    const said =
      'jobs.batch is forbidden: User "somebody" cannot list resource "jobs" in API group "batch" in the namespace "default"';
    const { stderr, code } = await runs(await refuse(context, 403, said));
    assert.equal(code, 3);
    assert.equal(
      stderr,
      `error: You may not list jobs.batch in namespace default: you need a Role with the verb list. Kubernetes said: ${said}.\n`,
    );
  });

  test("not authenticated: it suggests renewing the credentials", async (context) => {
    const { stderr, code } = await runs(await refuse(context, 401, "Unauthorized"));
    assert.equal(code, 3);
    assert.match(stderr, /does not accept your credentials \(401\): renew/);
  });

  test("a kubeconfig or context that does not exist is a usage error", async (context) => {
    const file = await configFor(context, "http://127.0.0.1:1");
    const [noFile, noContext, noNumber] = await Promise.all([
      runs(file, "--kubeconfig", "/nowhere/config"),
      runs(file, "--context", "three"),
      runs(file, "--recent", "-1"),
    ]);
    assert.deepEqual([noFile.code, noContext.code, noNumber.code], [2, 2, 2]);
    assert.match(noFile.stderr, /The kubeconfig \/nowhere\/config cannot be used/);
    assert.match(noContext.stderr, /context three does not exist; known contexts: one, two/);
  });

  test("a cluster that responds: namespace and context are chosen as in kubectl", async (context) => {
    const server = await startApiServer();
    context.after(() => server.close());
    for (const job of makeJobs({ phases: ["waiting", "waiting"] })) {
      server.store.create("/apis/batch/v1/namespaces/jobs/jobs", job as never);
    }
    const file = await configFor(context, server.url);
    const [here, there, all, picked] = await Promise.all([
      runs(file),
      runs(file, "-n", "jobs", "-o", "json"),
      runs(file, "-A"),
      runs("/nowhere", "--kubeconfig", file, "--context", "two", testEvent.id.slice(0, 8)),
    ]);
    assert.deepEqual([here.code, there.code, all.code, picked.code], [0, 0, 0, 0]);
    assert.match(here.stderr, /no runs in namespace default/);
    const [run] = JSON.parse(there.stdout).runs;
    assert.deepEqual([run.id, run.state, run.stuck], [testRunId(), "announcing", false]);
    assert.match(all.stdout, /^STATE +RUN +AGE +NAMESPACE[\s\S]*announcing.* jobs .*1\/2 task-1, waiting/);
    assert.match(picked.stdout, /^▸ announcing {2}deploy/);
  });
});
