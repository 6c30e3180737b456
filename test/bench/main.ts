// `npm run bench [name…]`: how far we are from the floor, and from what a user would otherwise have, in one run on one machine.
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { buildAll } from "./harness/build.ts";
import { addToHistory } from "./history.ts";
import { keepsBound, type Measure, type Row } from "./measure.ts";
import { lint, plan } from "./measures/author.ts";
import { coldStart } from "./measures/cold-start.ts";
import { fetchFiles } from "./measures/fetch-files.ts";
import { finishTaskWarm } from "./measures/finish-task.ts";
import { idle } from "./measures/idle.ts";
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
  idle,
};

const page = "docs/performance.md";

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    /** A file for all rows. */
    json: { type: "string" },
    /** Adds this run to the history in docs/performance.md. */
    history: { type: "boolean" },
  },
});
const unknown = positionals.filter((name) => !(name in measures));
if (unknown.length > 0) throw new Error(`${unknown.join(", ")}: there are only ${Object.keys(measures).join(", ")}`);

const date = new Date().toISOString();
const say = (progress: string): void => void process.stderr.write(`${progress}\n`);

const measureAll = async (scratch: string): Promise<Readonly<Record<string, readonly Row[]>>> => {
  say("bundling");
  const bench = { ...(await buildAll(scratch)), scratch, say };
  const found: Record<string, readonly Row[]> = {};
  for (const [name, { about, run }] of Object.entries(measures)) {
    if (positionals.length > 0 && !positionals.includes(name)) continue;
    found[name] = await run(bench);
    process.stdout.write(`${renderTable(`${name}: ${about}`, found[name])}\n`);
  }
  return found;
};

const scratch = await mkdtemp(join(tmpdir(), "bench-"));
try {
  const found = await measureAll(scratch);
  const rows = Object.values(found).flat();
  if (values.json) {
    const machine = { node: process.version, cpus: cpus().length, cpu: cpus()[0]?.model ?? "" };
    await writeFile(values.json, `${JSON.stringify({ date, machine, measures: found }, undefined, 2)}\n`);
  }
  if (values.history) await writeFile(page, addToHistory(await readFile(page, "utf8"), date.slice(0, 10), rows));
  if (!rows.every(keepsBound)) process.exitCode = 1;
} finally {
  await rm(scratch, { recursive: true, force: true });
}
