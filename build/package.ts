// Runs before and after `npm pack` and `npm publish`. The package contains the command as a bundle without dependencies, so its manifest
// lists none; afterwards, the checkout's manifest is restored.
import { copyFile, readFile, rename, rm, writeFile } from "node:fs/promises";
import { bundleCli } from "./bundle.ts";
import { writeSbom } from "./sbom.ts";

const [manifest, kept] = ["package.json", "node_modules/.package.json"];

const prepare = async (): Promise<void> => {
  await rm("dist/cli", { recursive: true, force: true });
  writeSbom("dist/cli", [await bundleCli("dist/cli")]);
  await copyFile(manifest, kept);
  const { name, version, description, license, type, keywords, bin, files } = JSON.parse(
    await readFile(manifest, "utf8"),
  );
  const shipped = {
    ...{ name, version, description, license, type, keywords, ...repositoryOf(process.env) },
    ...{ engines: { node: ">=20" }, bin, files },
  };
  await writeFile(manifest, `${JSON.stringify(shipped, undefined, 2)}\n`);
};

/** For npm, provenance must be of the repository that the package names. GitHub Actions sets the variables. */
const repositoryOf = ({ GITHUB_SERVER_URL, GITHUB_REPOSITORY }: NodeJS.ProcessEnv) =>
  GITHUB_REPOSITORY ? { repository: { type: "git", url: `git+${GITHUB_SERVER_URL}/${GITHUB_REPOSITORY}.git` } } : {};

const works: Readonly<Record<string, () => Promise<void>>> = { prepare, restore: () => rename(kept, manifest) };
const work = works[process.argv[2] ?? ""];
if (!work) throw new Error("node build/package.ts prepare | restore");
await work();
