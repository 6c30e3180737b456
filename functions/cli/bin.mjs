#!/usr/bin/env node
// Entry point of the command. Installed from npm, it runs a bundle that needs Node 20 or newer. In a checkout, it runs the sources; a Node
// that is too old for them starts the one that `npm ci` installed.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

const sources = fileURLToPath(new URL("main.ts", import.meta.url));
const node = fileURLToPath(new URL("../../node_modules/node/bin/node", import.meta.url));
const isOld = Number(process.versions.node.split(".")[0]) < 24;

if (!existsSync(sources)) {
  if (isOld) await import("../../dist/cli/older-node.mjs");
  await import("../../dist/cli/main.mjs");
} else if (!isOld) await import("./main.ts");
else if (existsSync(node)) {
  process.on("SIGINT", () => {}); // the terminal signals both processes; the child decides
  const { status } = spawnSync(node, [sources, ...process.argv.slice(2)], { stdio: "inherit" });
  process.exitCode = status ?? 70;
} else {
  process.stderr.write(
    `The sources of job-executor need Node 24; this is ${process.version}. Run \`npm ci\` in their folder to install it.\n`,
  );
  process.exitCode = 2;
}
