// `node build/release/krew.ts TARBALL`: prints the Krew manifest. GitHub Actions sets the variables.
import { readFileSync } from "node:fs";
import { stringify } from "yaml";
import { makeKrewManifest } from "./krew-manifest.ts";

const { GITHUB_SERVER_URL = "https://github.com", GITHUB_REPOSITORY } = process.env;
const [tarball] = process.argv.slice(2);
if (!tarball || !GITHUB_REPOSITORY) throw new Error("GITHUB_REPOSITORY=OWNER/NAME node build/release/krew.ts TARBALL");
const plugin = makeKrewManifest(`${GITHUB_SERVER_URL}/${GITHUB_REPOSITORY}`, readFileSync(tarball));
process.stdout.write(stringify(plugin, { lineWidth: 0 }));
