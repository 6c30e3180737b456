// The workflows: actions pinned by commit, rights as small as they can be, and nothing that only GitHub would find missing.
import assert from "node:assert/strict";
import { existsSync, globSync, readFileSync } from "node:fs";
import { describe, test } from "node:test";
import { parse } from "yaml";
import manifest from "../../package.json" with { type: "json" };

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}
interface Job {
  readonly permissions?: Readonly<Record<string, string>>;
  readonly needs?: string | readonly string[];
  readonly steps: readonly Step[];
}
interface Workflow {
  readonly on: { readonly push: Readonly<Record<string, readonly string[]>> };
  readonly permissions: Readonly<Record<string, string>>;
  readonly jobs: Readonly<Record<string, Job>>;
}

const read = (file: string): Workflow => parse(readFileSync(file, "utf8"));
const release = read(".github/workflows/release.yml");
const runsOf = ({ jobs }: Workflow) => Object.values(jobs).flatMap(({ steps }) => steps.map(({ run = "" }) => run));

for (const file of globSync(".github/workflows/*.yml")) {
  describe(file, () => {
    const workflow = read(file);
    const steps = Object.values(workflow.jobs).flatMap((job) => job.steps);
    test("uses actions by commit, with the version beside it", () => {
      const used = [...readFileSync(file, "utf8").matchAll(/^ +(?:- )?uses: (.+)$/gm)].map(([, action = ""]) => action);
      assert.ok(used.length > 0);
      assert.deepEqual(
        used.filter((action) => !/^[\w-]+\/[\w-]+@[\da-f]{40} # v\d+\.\d+\.\d+$/.test(action)),
        [],
      );
    });
    test("has by itself no right but to read, and leaves no credentials in a checkout", () => {
      assert.ok(Object.entries(workflow.permissions).every(([, right]) => right === "read"));
      const checkouts = steps.filter(({ uses }) => uses?.startsWith("actions/checkout@"));
      assert.ok(checkouts.every((step) => step.with?.["persist-credentials"] === false));
    });
    test("runs scripts that are there", () => {
      const text = runsOf(workflow).join("\n");
      const scripts = [...text.matchAll(/\bnpm run ([\w:-]+)/g)].map(([, script = ""]) => script);
      const files = [...text.matchAll(/\bnode (\S+)/g)].map(([, script = ""]) => script);
      assert.deepEqual(
        [...scripts.filter((name) => !(name in manifest.scripts)), ...files.filter((name) => !existsSync(name))],
        [],
      );
    });
  });
}

describe("a release", () => {
  test("starts with the tag that npm run release makes, and with nothing else", () => {
    assert.deepEqual(release.on, { push: { tags: ["v*"] } });
  });
  test("gives each job the rights that docs/releasing.md lists", () => {
    const rights = Object.entries(release.jobs).map(([name, job]) => [name, writtenBy(job)]);
    assert.deepEqual(Object.fromEntries(rights), {
      build: [],
      image: ["attestations", "id-token", "packages"],
      chart: ["id-token", "packages"],
      npm: ["id-token"],
      github: ["attestations", "contents", "id-token"],
    });
    const page = readFileSync("docs/releasing.md", "utf8");
    for (const [name] of rights) assert.match(page, new RegExp(`^\\| \`${name}\` \\|`, "m"));
  });
  test("runs none of our code, nor of packages, where something can be written", () => {
    const writing = Object.values(release.jobs).filter((job) => writtenBy(job).length > 0);
    const steps = writing.flatMap((job) => job.steps);
    assert.deepEqual(
      steps.filter(
        ({ uses = "", run = "" }) => uses.startsWith("actions/checkout@") || /\bnpm (ci|i|run|test)\b/.test(run),
      ),
      [],
    );
  });
  test("publishes nothing before the tests were green and the image is there", () => {
    const needs = Object.entries(release.jobs).map(([name, job]) => [name, [job.needs ?? []].flat()]);
    assert.deepEqual(Object.fromEntries(needs), {
      build: [],
      image: ["build"],
      chart: ["image"],
      npm: ["image"],
      github: ["image", "chart", "npm"],
    });
    for (const command of ["npm ci", "npm test", "npm run test:hostile", "npm run test:package"])
      assert.ok(
        release.jobs["build"]?.steps.some(({ run }) => run === command),
        command,
      );
  });
  test("signs and attests the image by its digest, with the SBOM that is in it", () => {
    const { steps = [] } = release.jobs["image"] ?? {};
    assert.ok(steps.some(({ run }) => run?.includes('cosign sign --yes "$image@$(cat digest)"')));
    const attested = steps.filter(({ uses }) => uses?.startsWith("actions/attest@"));
    assert.deepEqual(
      attested.map((step) => [step.with?.["subject-digest"], step.with?.["sbom-path"]]),
      [
        ["${{ steps.push.outputs.digest }}", undefined],
        ["${{ steps.push.outputs.digest }}", "release/image.cdx.json"],
      ],
    );
    assert.ok(runsOf(release).some((run) => run.includes(':/app/sbom.cdx.json" release/image.cdx.json')));
  });
});

const writtenBy = ({ permissions = {} }: Job): string[] =>
  Object.keys(permissions)
    .filter((name) => permissions[name] === "write")
    .toSorted();

test("the image has the labels that Artifact Hub requires, from build/Containerfile or from the release", () => {
  const text = [readFileSync("build/Containerfile", "utf8"), ...runsOf(release)].join("\n");
  const labels = [...text.matchAll(/((?:org\.opencontainers\.image|io\.artifacthub\.package)\.[\w-]+)="/g)];
  const names = new Set(labels.map(([, name]) => name));
  for (const name of ["readme-url", "logo-url", "license", "keywords", "category"])
    assert.ok(names.has(`io.artifacthub.package.${name}`), name);
  for (const name of ["created", "description", "source", "title", "version"])
    assert.ok(names.has(`org.opencontainers.image.${name}`), name);
  const [, path = ""] = /readme-url="\S+\$GITHUB_REF_NAME\/([^"]+)"/.exec(text) ?? [];
  const [, logo = ""] = /logo-url="\S+\$GITHUB_REF_NAME\/([^"]+)"/.exec(text) ?? [];
  assert.ok(existsSync(path) && existsSync(logo));
});
