// The GitHub Action and the pre-commit hook, run as GitHub and pre-commit do, but for the installation.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { parse } from "yaml";

const root = new URL("../../", import.meta.url).pathname;
const hello = join(root, "docs/examples/hello");

interface Step {
  readonly run: string;
  readonly env?: Readonly<Record<string, string>>;
}
interface Action {
  readonly inputs: Readonly<Record<string, { readonly default: string }>>;
  readonly runs: { readonly steps: readonly Step[] };
}

describe("the GitHub Action", () => {
  let folder: string;
  let action: Action;
  before(async () => {
    action = parse(await readFile(join(root, "action.yml"), "utf8"));
    folder = await mkdtemp(join(tmpdir(), "action-"));
    await mkdir(join(folder, "a b/job"), { recursive: true });
    await mkdir(join(folder, "broken/job"), { recursive: true });
    await cp(join(hello, "job/config.yaml"), join(folder, "a b/job/config.yaml"));
    await cp(join(hello, "event.json"), join(folder, "event.json"));
    await writeFile(join(folder, "broken/job/config.yaml"), "apiVersion: v2\nactions:\n  - name: x\n");
  });
  after(() => rm(folder, { recursive: true }));

  /** One of its steps, with its environment as GitHub makes it of the inputs. */
  const runStep = async (script: string, given: Readonly<Record<string, string>>) => {
    const step = action.runs.steps.find(({ run }) => run.includes(script)) ?? assert.fail(script);
    const inputs = Object.entries(action.inputs).map(([name, { default: value }]) => [name, given[name] ?? value]);
    const givenTo = new Map(inputs as [string, string][]);
    const env = Object.entries(step.env ?? {}).map(([name, value]) => {
      const [, input = ""] = /^\$\{\{ inputs\.([\w-]+) \}\}$/.exec(value) ?? [];
      return [name, givenTo.get(input) ?? assert.fail(`${name}: ${value}`)];
    });
    const files = { GITHUB_STEP_SUMMARY: join(folder, "summary.md"), GITHUB_OUTPUT: join(folder, "output") };
    await Promise.all(Object.values(files).map((file) => writeFile(file, "")));
    const own = { PATH: process.env["PATH"], GITHUB_ACTION_PATH: root.replace(/\/$/, ""), RUNNER_TEMP: folder };
    const { status, stdout, stderr } = spawnSync("bash", ["-e", "-o", "pipefail", "-c", step.run], {
      cwd: folder,
      env: { ...own, ...files, ...Object.fromEntries(env) },
      encoding: "utf8",
    });
    const [summary, output] = await Promise.all(Object.values(files).map((file) => readFile(file, "utf8")));
    return { status, stdout, stderr, summary, output };
  };

  test("annotates the lines of what is wrong, and fails", async () => {
    const { status, stdout } = await runStep("lint.sh", {});
    assert.equal(status, 1);
    assert.match(stdout, /^::error file=broken\/job\/config\.yaml,line=3,/m);
    assert.doesNotMatch(stdout, /::error file=a b/);
  });

  test("takes names and patterns, one per line, and passes where nothing is wrong", async () => {
    const { status, stdout, stderr } = await runStep("lint.sh", { configs: "a b/job/config.yaml\n*/none.yaml" });
    assert.deepEqual([status, /::error/.test(stdout)], [0, false], stderr);
  });

  test("says that it found no config", async () => {
    const { status, stdout } = await runStep("lint.sh", { configs: "none/config.yaml" });
    assert.deepEqual(
      [status, stdout],
      [1, "::error::No job config is there: none/config.yaml. Name them in the input configs.\n"],
    );
  });

  test("draws what an event starts, into the summary and its output", async () => {
    const { status, summary, output } = await runStep("plan.sh", { event: "event.json" });
    assert.equal(status, 0);
    assert.match(summary ?? "", /^### a b\/job\/config\.yaml\n\n```mermaid\nflowchart LR\n[\s\S]+?\n```\n/);
    assert.match(summary ?? "", /### broken\/job\/config\.yaml\n\nThe event would be refused/);
    const [, mark = "", text = ""] = /^diagrams<<(\S+)\n([\s\S]*)\n(\S+)\n$/.exec(output ?? "") ?? [];
    assert.deepEqual([`${text}\n`, output?.endsWith(`\n${mark}\n`)], [summary, true]);
  });
});

test("the pre-commit hook lints, and is asked of job configs alone", async () => {
  const [hook] = parse(await readFile(join(root, ".pre-commit-hooks.yaml"), "utf8"));
  assert.equal(hook.language, "script");
  const { status, stdout } = spawnSync(join(root, hook.entry), [join(hello, "job/config.yaml")], { encoding: "utf8" });
  assert.deepEqual([status, stdout], [0, ""]);
  assert.equal(spawnSync(join(root, hook.entry), [join(hello, "event.json")]).status, 1);
  const files = new RegExp(hook.files);
  assert.deepEqual(
    ["job/config.yaml", "carts/job/config.yml", "ajob/config.yaml", "job/config.yaml.bak"].map((file) =>
      files.test(file),
    ),
    [true, true, false, false],
  );
});
