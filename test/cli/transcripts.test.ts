// What lint and plan print and how they exit: each folder of test/golden/cli is a case.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { test } from "node:test";
import { bundledCli } from "../cluster/harness/bundled-programs.ts";
import { goldenCases } from "../golden.ts";

const bundled = await bundledCli();
/** migrate prints the path of the manifests beside the sources. */
const sources = new URL("../../functions/cli/main.ts", import.meta.url).pathname;
const root = new URL("../golden/cli/", import.meta.url).pathname;
const deadlineMs = 60_000;

const run = async (command: string, cwd: string, stdin: string): Promise<string> => {
  const env = { ...process.env, NODE_TEST_CONTEXT: undefined, NO_COLOR: "1", FORCE_COLOR: undefined };
  const main = command.startsWith("migrate") ? sources : bundled;
  const child = spawn(process.execPath, [main, ...command.trim().split(" ")], { cwd, env, timeout: deadlineMs });
  child.stdin.end(stdin);
  const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "close")]);
  return `$ job-executor ${command.trim()}\n${stdout}${stderr === "" ? "" : `--- stderr\n${stderr}`}--- exit ${code}\n`;
};

for (const { name, read, check } of goldenCases("cli")) {
  test(name.replaceAll("-", " "), async () => {
    check("transcript.txt", await run(read("command.txt") ?? "", `${root}${name}`, read("stdin.txt") ?? ""));
  });
}

test("schema prints only JSON", async () => {
  const printed = await run("schema", root, "");
  const [, json = ""] = /^\$ job-executor schema\n(.*\n)--- exit 0\n$/s.exec(printed) ?? [];
  assert.equal(JSON.parse(json).title, "Job config");
});
