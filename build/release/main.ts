// `npm run release -- VERSION`: names the version everywhere, dates CHANGELOG.md, commits and tags. docs/releasing.md says what follows.
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { filesWithVersion } from "./named-version.ts";
import { planRelease, type ReleaseFacts } from "./plan-release.ts";

const git = (...args: readonly string[]): string => execFileSync("git", args, { encoding: "utf8" }).trim();

const read = (file: string): string => readFileSync(file, "utf8");

const readFacts = (version: string): ReleaseFacts => ({
  version,
  current: JSON.parse(read("package.json")).version,
  status: git("status", "--porcelain"),
  tags: git("tag").split("\n"),
  date: new Date().toISOString().slice(0, 10),
  changelog: read("CHANGELOG.md"),
  files: Object.fromEntries(filesWithVersion.map((file) => [file, read(file)])),
});

const { values, positionals } = parseArgs({ options: { "dry-run": { type: "boolean" } }, allowPositionals: true });
const [version = ""] = positionals;
const plan = planRelease(readFacts(version));
if (plan.kind === "refuse") {
  process.stderr.write(`${plan.problems.join("\n")}\n`);
  process.exitCode = 1;
} else {
  const names = Object.keys(plan.files).join("\n  ");
  process.stdout.write(`${values["dry-run"] ? "Would change" : "Changes"}:\n  ${names}\n`);
  if (!values["dry-run"]) {
    for (const [file, text] of Object.entries(plan.files)) writeFileSync(file, text);
    git("commit", "--quiet", "--all", "--message", `Release ${version}`);
    git("tag", "--annotate", `v${version}`, "--message", version);
    process.stdout.write(`Committed and tagged. To publish: git push --follow-tags\n`);
  }
}
