#!/usr/bin/env node
// What the command's name leads to. Installed from npm it is a bundle that any Node from 20 on runs. In a checkout it is the sources:
// a Node that is too old for those hands over to the one that `npm ci` brought along.
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
  process.on("SIGINT", () => {}); // the terminal tells both; the command decides
  const { status } = spawnSync(node, [sources, ...process.argv.slice(2)], { stdio: "inherit" });
  process.exitCode = status ?? 70;
} else {
  process.stderr.write(
    `The sources of job-executor need Node 24, this is ${process.version}. \`npm ci\` in their folder brings one along.\n`,
  );
  process.exitCode = 2;
}
