// Keeps the directions in which rooms may import: what is decided never sees a client, and no program sees another one.
import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { describe, test } from "node:test";

const programs = ["start-job", "finish-task", "fetch-files", "keptn-source"];

const adapters = [
  "http",
  "keptn",
  "kubernetes",
  "disk",
  "io-error.ts",
  "retry.ts",
  "wait-for-all.ts",
  "budget.ts",
  "process.ts",
  "world.ts",
].map((name) => `lib/${name}`);

/** What a room may import beside itself: rooms, or files of them. The first that a file is in counts. */
const rooms: readonly (readonly [room: string, mayImport: readonly string[]])[] = [
  ["lib/core", []],
  ["lib/run", ["lib/core/", "lib/files/", ...adapters]],
  ["lib/files", ["lib/core/", ...adapters]],
  ["lib/lost-events", ["lib/core/", ...adapters]],
  ["lib/host", ["lib/core/", ...adapters]],
  ...adapters.map((room) => [room, ["lib/core/", ...adapters]] as const),
  ["cli/migrate/values", ["lib/core/"]],
  ["cli/migrate/jes-compat", ["lib/core/"]],
  ...programs.map((room) => [room, ["lib/"]] as const),
  [
    "cli",
    [
      "lib/core/",
      "lib/run/",
      "lib/disk/",
      "lib/kubernetes/ports.ts",
      "lib/keptn/ports.ts",
      "lib/process.ts",
      "lib/io-error.ts",
      ...programs.map((program) => `${program}/handler.ts`),
    ],
  ],
];

/** Commands whose very purpose is a cluster, or a Keptn somewhere. */
const remoteCommands = ["cli/check", "cli/connect", "cli/runs", "cli/source"];

/** Pure packages, and the types of Kubernetes' objects. */
const corePackages = ["yaml", "zod", "jsonpath-plus", "re2js", "@noble/hashes/"];

/** Decides, and nothing else. */
const isPure = (file: string): boolean =>
  ["lib/core/", "cli/migrate/values/", "cli/migrate/jes-compat/", "cli/lint/lint.ts"].some((room) =>
    file.startsWith(room),
  );

const files = globSync("functions/*/**/*.ts").map((file) => file.slice("functions/".length));

const importsOf = (file: string): { readonly name: string; readonly typeOnly: boolean }[] => {
  const text = readFileSync(join("functions", file), "utf8");
  const statements = text.matchAll(
    /^(?:import|export)\s+(type\s+)?(?:[^"';]*?\sfrom\s+)?"([^"]+)"|\bimport\("([^"]+)"\)/gm,
  );
  return [...statements].map(([, type, name, lazy]) => ({ name: name ?? lazy ?? "", typeOnly: type !== undefined }));
};

const roomOf = (file: string) => rooms.find(([room]) => file === room || file.startsWith(`${room}/`)) ?? ["", []];

const isAllowed = (file: string, target: string): boolean => {
  const [room, mayImport] = roomOf(file);
  if (target === "../package.json") return true; // its version
  const remote = room === "cli" && remoteCommands.some((command) => file.startsWith(command));
  return target.startsWith(`${room}/`) || remote || mayImport.some((allowed) => target.startsWith(allowed));
};

describe("imports", () => {
  test("are found at all", () => {
    assert.ok(files.length > 80);
    assert.ok(importsOf("lib/run/reconcile-run.ts").some(({ name }) => name === "../core/run/next-step.ts"));
  });
  test("stay inside the directions of the house", () => {
    const wrong = files.flatMap((file) =>
      importsOf(file)
        .filter(({ name }) => name.startsWith("."))
        .map(({ name }) => normalize(join(dirname(file), name)))
        .filter((target) => !isAllowed(file, target))
        .map((target) => `${file} imports ${target}`),
    );
    assert.deepEqual(wrong, []);
  });
  test("of core are pure packages, and types of Kubernetes", () => {
    const wrong = files.filter(isPure).flatMap((file) =>
      importsOf(file)
        .filter(({ name }) => !name.startsWith("."))
        .filter(({ name, typeOnly }) => !(typeOnly && name.startsWith("@kubernetes/client-node/")))
        .filter(({ name }) => !corePackages.some((allowed) => name === allowed || name.startsWith(allowed)))
        .map(({ name }) => `${file} imports ${name}`),
    );
    assert.deepEqual(wrong, []);
  });
  test("never make core asynchronous, nor let it look at clock, chance or environment", () => {
    const impure = /\b(async|await|Promise|Date\.now|new Date\(\)|Math\.random|process\.|console\.|setTimeout)\b/;
    const wrong = files.filter((file) => {
      if (!isPure(file)) return false;
      const code = readFileSync(join("functions", file), "utf8").replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, "");
      return impure.test(code);
    });
    assert.deepEqual(wrong, []);
  });
});
