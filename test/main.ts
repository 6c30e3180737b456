// `npm test`: rooms of tests side by side, each in one process, so that what its tests share is loaded once.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { globSync } from "node:fs";
import { availableParallelism } from "node:os";
import { text } from "node:stream/consumers";
import pLimit from "p-limit";

/** Globs below test/, those first that take longest. */
const rooms = [
  ["lib/keptn/**"],
  ["cli/**"],
  ["{start-job,finish-task,fetch-files,keptn-source}/**", "lib/host/**"],
  ["simulation/**"],
  ["lib/!(core|keptn|host|run)/**"],
  ["lib/core/**"],
  ["{bench,build,docs,doubles,manifests,structure,supply}/**", "lib/run/**"],
];

const filesOf = (globs: readonly string[]): string[] =>
  globSync(globs.map((glob) => `test/${glob}`)).filter((file) => file.endsWith(".test.ts"));

/** @returns whether all of it is green; what it said is shown at its end, so that rooms do not talk at the same time */
const testRoom = async (globs: readonly string[]): Promise<boolean> => {
  const files = filesOf(globs);
  if (files.length === 0) throw new Error(`no tests in ${globs}`);
  const flags = ["--test", "--test-timeout=300000", "--test-isolation=none", "--test-reporter=spec"];
  return run(globs.join(" "), process.execPath, [...flags, ...files]);
};

const run = async (title: string, command: string, args: readonly string[]): Promise<boolean> => {
  const child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"] });
  const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "close")]);
  process.stdout.write(`${title}\n${stdout}`);
  process.stderr.write(stderr);
  return code === 0;
};

// Some of them mostly wait: more at a time than there are cores.
const limit = pLimit(availableParallelism() + 2);
const check = limit(() => run("types and format", "npm", ["run", "--silent", "check"]));
const ended = await Promise.all(rooms.map((globs) => limit(() => testRoom(globs))));
const red = [...((await check) ? [] : ["types and format"]), ...rooms.filter((_, index) => !ended[index])];
if (red.length > 0) {
  console.error(`Not green: ${red.join(", ")}. Each failure is told above.`);
  process.exitCode = 1;
}
