// Commands in docs are ones that exist: job-executor's with all their options, npm's with their scripts.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, test } from "node:test";
import { CommanderError } from "commander";
import type { CliContext } from "../../functions/cli/context.ts";
import { makeProgram } from "../../functions/cli/program.ts";
import { type Page, pages } from "./pages.ts";
import { commandsIn } from "./shell-words.ts";

const all = pages();
const scripts = Object.keys(JSON.parse(readFileSync("package.json", "utf8")).scripts);

/** @returns what commander has to say against it; the command itself does nothing */
const complaintAbout = async (args: readonly string[]): Promise<string | undefined> => {
  const said: string[] = [];
  const program = makeProgram({ terminal: {}, exit: () => undefined } as unknown as CliContext);
  for (const command of [program, ...program.commands]) {
    command.configureOutput({ writeErr: (text) => said.push(text), writeOut: () => undefined });
    if (command !== program) command.action(() => undefined);
  }
  try {
    await program.parseAsync(args, { from: "user" });
    return undefined;
  } catch (thrown) {
    if (thrown instanceof CommanderError && thrown.exitCode === 0) return undefined;
    return said.join("").trim() || String(thrown);
  }
};

const checkCommand = async ([name, ...words]: readonly string[]): Promise<string | undefined> => {
  if (name === "job-executor") return complaintAbout(words);
  if (name === "npx" && words[0] === "job-executor") return complaintAbout(words.slice(1));
  if ((name === "kubectl" || name === "kn") && words[0] === "job-executor") return complaintAbout(words.slice(1));
  if (name !== "npm") return undefined;
  const [verb = "", script = ""] = words.filter((one) => !one.startsWith("-"));
  if (verb === "run") return scripts.includes(script) ? undefined : `there is no script ${script}`;
  return ["ci", "test", "start", "install", "audit"].includes(verb) ? undefined : `nobody uses npm ${verb} here`;
};

/** What reaches for a cluster, a registry or Keptn; it is tried in test/cluster, test/e2e and test/keptn, not here. */
const remote = new Set(["kubectl", "helm", "kn", "docker", "keptn", "curl"]);

const isRemote = (line: string): boolean => commandsIn(line).some(([name = ""]) => remote.has(name));

const complaintsAbout = async (page: Page): Promise<string[]> => {
  const checked = page.commands.map(async ({ text, line }) => {
    const complaints = await Promise.all(commandsIn(text).map(checkCommand));
    return complaints.flatMap((complaint) => (complaint ? [`${page.file}:${line} ${text}: ${complaint}`] : []));
  });
  return (await Promise.all(checked)).flat();
};

describe("commands", () => {
  test("are found at all", () => {
    const ours = all.flatMap(({ commands }) => commands).filter(({ text }) => /\bjob-executor /.test(text));
    assert.ok(ours.length >= 8, `${ours.length} commands`);
  });
  for (const page of all.filter(({ commands }) => commands.length > 0)) {
    test(`of ${page.file} exist`, async () => assert.deepEqual(await complaintsAbout(page), []));
  }
  for (const page of all.filter(({ commands }) => commands.some(({ text }) => isRemote(text)))) {
    test(`of ${page.file} that reach for a cluster come after a word of warning`, () => {
      const first = page.commands.find(({ text }) => isRemote(text));
      const before = readFileSync(page.file, "utf8").split("\n").slice(0, first?.line).join("\n");
      assert.match(before, /\b(cluster|Kubernetes)\b/);
    });
  }
  test("with options that do not exist are found", async () => {
    assert.match(String(await complaintAbout(["lint", "--wrong"])), /unknown option '--wrong'/);
    assert.match(String(await complaintAbout(["plan", "--task"])), /option '--task <name>' argument missing/);
    assert.equal(await checkCommand(["npm", "run", "nothing"]), "there is no script nothing");
  });
});

test("a line of a shell is read as a shell does", () => {
  const line = "TOKEN=x npx job-executor lint \"a b\" > out.txt 2>&1 | jq '.[] | .code' && echo done";
  assert.deepEqual(commandsIn(line), [
    ["npx", "job-executor", "lint", "a b"],
    ["jq", ".[] | .code"],
    ["echo", "done"],
  ]);
});
