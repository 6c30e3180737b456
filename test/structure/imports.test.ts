// Keeps the directions in which rooms may import: what is decided never sees a client, and no program sees another one.
import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { describe, test } from "node:test";

const programs = ["start-job", "finish-task", "fetch-files", "keptn-source"];

/** What a room may import beside itself: rooms, or files of them. */
const rooms: Readonly<Record<string, readonly string[]>> = {
  core: [],
  io: ["core/"],
  chain: ["core/", "io/"],
  ...Object.fromEntries(programs.map((room) => [room, ["core/", "io/", "chain/", "server.ts"]])),
  cli: [
    "core/",
    "chain/",
    "io/disk/",
    "io/local/",
    "io/world.ts",
    "io/io-error.ts",
    ...programs.map((p) => `${p}/handler.ts`),
  ],
};

/** Commands whose very purpose is a cluster, or a Keptn somewhere. */
const remoteCommands = ["cli/check", "cli/connect", "cli/runs", "cli/source"];

/** Pure packages, and the types of Kubernetes' objects. */
const corePackages = ["yaml", "zod", "jsonpath-plus", "re2js", "@noble/hashes/"];

const files = globSync("functions/*/**/*.ts").map((file) => file.slice("functions/".length));

const importsOf = (file: string): { readonly name: string; readonly typeOnly: boolean }[] => {
  const text = readFileSync(join("functions", file), "utf8");
  const statements = text.matchAll(
    /^(?:import|export)\s+(type\s+)?(?:[^"';]*?\sfrom\s+)?"([^"]+)"|\bimport\("([^"]+)"\)/gm,
  );
  return [...statements].map(([, type, name, lazy]) => ({ name: name ?? lazy ?? "", typeOnly: type !== undefined }));
};

const isAllowed = (file: string, target: string): boolean => {
  const room = file.split("/")[0] ?? "";
  if (target === "../package.json") return true; // its version
  const remote = room === "cli" && remoteCommands.some((command) => file.startsWith(command));
  return target.startsWith(`${room}/`) || remote || (rooms[room] ?? []).some((allowed) => target.startsWith(allowed));
};

describe("imports", () => {
  test("are found at all", () => {
    assert.ok(files.length > 80);
    assert.ok(importsOf("chain/advance.ts").some(({ name }) => name === "../core/next-step.ts"));
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
    const wrong = files
      .filter((file) => file.startsWith("core/"))
      .flatMap((file) =>
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
      if (!file.startsWith("core/")) return false;
      const code = readFileSync(join("functions", file), "utf8").replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, "");
      return impure.test(code);
    });
    assert.deepEqual(wrong, []);
  });
});
