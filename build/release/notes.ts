// `node build/release/notes.ts v0.2.0`: what CHANGELOG.md says of the version that a tag names, for the release on GitHub.
import { readFileSync } from "node:fs";
import manifest from "../../package.json" with { type: "json" };
import { isReleased, sectionsOf } from "./changelog.ts";

const [tag] = process.argv.slice(2);
const section = sectionsOf(readFileSync("CHANGELOG.md", "utf8")).find(({ name }) => `v${name}` === tag);
if (tag !== `v${manifest.version}` || !section || !isReleased(section)) {
  process.stderr.write(
    `${tag} is not the version in package.json (${manifest.version}) with a dated section in CHANGELOG.md.\n`,
  );
  process.exitCode = 1;
} else process.stdout.write(`${section.text}\n`);
