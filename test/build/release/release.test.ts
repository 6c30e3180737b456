// `npm run release` in a repository of its own.
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { appendFileSync, copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { devNull } from "node:os";
import { dirname, join, resolve } from "node:path";
import { describe, type TestContext, test } from "node:test";
import { isReleased, sectionsOf } from "../../../build/release/changelog.ts";
import { filesWithVersion, versionsIn } from "../../../build/release/named-version.ts";
import manifest from "../../../package.json" with { type: "json" };
import { makeTempFolder } from "../../doubles/temp-folder.ts";

const { version } = manifest;
const root = resolve(import.meta.dirname, "../../..");
const person = { NAME: "A", EMAIL: "a@example.org" };
const identity = ["AUTHOR", "COMMITTER"].flatMap((role) =>
  Object.entries(person).map(([key, value]) => [`GIT_${role}_${key}`, value]),
);
const env = { ...process.env, ...Object.fromEntries(identity), GIT_CONFIG_GLOBAL: devNull };

const changelog = "# Changelog\n\n## Unreleased\n\n- News.\n\n## 0.0.1 - 2026-01-01\n\n- Old.\n";

/** A repository with the files that a release changes, and something to release. */
const openRepository = async (context: TestContext) => {
  const folder = await makeTempFolder(context);
  const options = { cwd: folder, env, encoding: "utf8" } as const;
  const git = (...args: readonly string[]) => execFileSync("git", args, options).trim();
  for (const file of filesWithVersion) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    copyFileSync(join(root, file), join(folder, file));
  }
  const commit = (text: string) => {
    writeFileSync(join(folder, "CHANGELOG.md"), text);
    git("add", "--all");
    git("commit", "--quiet", "--message", "Before the release");
  };
  git("init", "--quiet", "--initial-branch=main");
  commit(changelog);
  const start = (script: string, args: readonly string[]) =>
    spawnSync(process.execPath, [join(root, "build/release", script), ...args], options);
  const release = (...args: readonly string[]) => start("main.ts", args);
  const notes = (tag: string) => start("notes.ts", [tag]);
  return { folder, git, commit, release, notes, read: (file: string) => readFileSync(join(folder, file), "utf8") };
};

describe("npm run release", () => {
  test("names the version everywhere, dates the changelog, commits and tags", async (context) => {
    const { git, read, release } = await openRepository(context);
    const { status, stderr } = release("9.8.7");
    assert.equal(status, 0, stderr);
    for (const file of filesWithVersion) assert.deepEqual([...new Set(versionsIn(read(file)))], ["9.8.7"], file);
    const [next, released] = sectionsOf(read("CHANGELOG.md"));
    assert.deepEqual([next?.name, next?.text, released?.name, released?.text], ["Unreleased", "", "9.8.7", "- News."]);
    assert.ok(released && isReleased(released));
    assert.equal(git("status", "--porcelain"), "");
    assert.equal(git("log", "-1", "--format=%s"), "Release 9.8.7");
    assert.equal(git("cat-file", "-t", "v9.8.7"), "tag");
    assert.equal(git("rev-parse", "v9.8.7^{commit}"), git("rev-parse", "HEAD"));
  });
  test("takes the version that package.json has already, while it is unreleased; then it has notes", async (context) => {
    const { git, commit, release, notes } = await openRepository(context);
    commit(`# Changelog\n\n## ${version} - unreleased\n\n- News.\n`);
    assert.equal(notes(`v${version}`).status, 1);
    assert.equal(release(version).status, 0);
    assert.equal(git("tag", "--points-at", "HEAD"), `v${version}`);
    assert.equal(notes(`v${version}`).stdout, "- News.\n");
    assert.match(notes("v9.8.7").stderr, /^v9\.8\.7 is not the version in package\.json/);
  });
  test("changes nothing with --dry-run, and lists what it would change", async (context) => {
    const { git, release } = await openRepository(context);
    const before = git("rev-parse", "HEAD");
    const { status, stdout } = release("9.8.7", "--dry-run");
    assert.equal(status, 0);
    for (const file of [...filesWithVersion, "CHANGELOG.md"]) assert.ok(stdout.includes(`  ${file}\n`), file);
    assert.deepEqual(
      [git("rev-parse", "HEAD"), git("status", "--porcelain"), git("tag", "-l", "v9*")],
      [before, "", ""],
    );
  });
  test("refuses with all reasons at once", async (context) => {
    const { git, release, folder } = await openRepository(context);
    git("tag", "v0.0.1");
    appendFileSync(join(folder, "README.md"), "\n");
    const { status, stderr } = release("0.0.1");
    assert.equal(status, 1);
    assert.match(stderr, /^0\.0\.1 comes before .+\nThe tag v0\.0\.1 exists.+\nCommit or stash.+\n.*M README\.md\n$/);
    assert.match(release("next").stderr, /^"next" is not a version such as/);
  });
  test("refuses while the changelog says nothing of what is new", async (context) => {
    const { commit, release } = await openRepository(context);
    commit(changelog.replace("- News.\n\n", ""));
    assert.match(
      release("9.8.7").stderr,
      /^CHANGELOG\.md must begin with a section "Unreleased" or "9\.8\.7 - unreleased"/,
    );
  });
});
