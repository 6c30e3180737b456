// `npm run bench [name…]`: how far we are from the floor, and from what a user would otherwise have, in one run on one machine.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { buildAll } from "./harness/build.ts";
import { keepsBound, type Measure, type Row } from "./measure.ts";
import { lint, plan } from "./measures/author.ts";
import { coldStart } from "./measures/cold-start.ts";
import { fetchFiles } from "./measures/fetch-files.ts";
import { finishTaskWarm } from "./measures/finish-task.ts";
import { memory } from "./measures/memory.ts";
import { startJobWarm } from "./measures/start-job.ts";
import { throughput } from "./measures/throughput.ts";
import { renderTable } from "./render.ts";

const measures: Readonly<Record<string, Measure>> = {
  "cold-start": coldStart,
  "start-job": startJobWarm,
  "finish-task": finishTaskWarm,
  throughput,
  memory,
  lint,
  plan,
  "fetch-files": fetchFiles,
};

const { positionals } = parseArgs({ allowPositionals: true });
const scratch = await mkdtemp(join(tmpdir(), "bench-"));
const say = (progress: string): void => void process.stderr.write(`${progress}\n`);
const rows: Row[] = [];
try {
  say("bundling");
  const bench = { ...(await buildAll(scratch)), scratch, say };
  for (const [name, { about, run }] of Object.entries(measures)) {
    if (positionals.length > 0 && !positionals.includes(name)) continue;
    const found = await run(bench);
    rows.push(...found);
    process.stdout.write(`${renderTable(`${name}: ${about}`, found)}\n`);
  }
} finally {
  await rm(scratch, { recursive: true, force: true });
}
if (!rows.every(keepsBound)) process.exitCode = 1;
