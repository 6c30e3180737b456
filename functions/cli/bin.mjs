#!/usr/bin/env node
// What the command's name leads to: a Node that is too old for the sources hands over to the one that `npm ci` brought along.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

const oldest = 24;
const main = fileURLToPath(new URL("main.ts", import.meta.url));
const node = fileURLToPath(new URL("../../node_modules/node/bin/node", import.meta.url));

if (Number(process.versions.node.split(".")[0]) >= oldest) await import("./main.ts");
else if (existsSync(node)) {
  process.on("SIGINT", () => {}); // the terminal tells both; the command decides
  const { status } = spawnSync(node, [main, ...process.argv.slice(2)], { stdio: "inherit" });
  process.exitCode = status ?? 70;
} else {
  process.stderr.write(
    `job-executor needs Node ${oldest}, this is ${process.version}. \`npm ci\` in its folder brings one along.\n`,
  );
  process.exitCode = 2;
}
