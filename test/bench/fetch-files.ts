// How soon fetch-files asks Keptn for the first time, against a bare `node -e 0`, and how much memory 50 MB of files cost it.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bundle } from "../../build/bundle.ts";
import { fillCompileCache } from "../../build/compile-cache.ts";
import { makeFetchEnv } from "../../functions/core/files.ts";
import { literalOf } from "../../functions/core/job/literal.ts";
import { orderOf } from "../doubles/fetch-order.ts";

const mostTimesBare = 3;
const mostMiB = 80;
const rounds = 25;

/** A Keptn with so many files of so many bytes; `onAsked` hears of every request. */
const makeKeptn = (count: number, bytes: number, onAsked: () => void): RequestListener => {
  const resources = Array.from({ length: count }, (_, i) => ({ resourceURI: `/f${i}` }));
  const list = JSON.stringify({ nextPageKey: "0", resources });
  const file = JSON.stringify({ resourceContent: Buffer.alloc(bytes, 7).toString("base64"), resourceURI: "f" });
  return ({ url }, answer) => {
    onAsked();
    answer.setHeader("content-type", "application/json").end(url?.includes("resource?") ? list : file);
  };
};

const withKeptn = async <T>(listener: RequestListener, use: (endpoint: string) => Promise<T>): Promise<T> => {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    return await use(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  } finally {
    server.closeAllConnections();
    server.close();
  }
};

const order = orderOf({ files: ["/"], limits: { fileBytes: 1e9, totalBytes: 1e9, count: 1000 } });
const planned = {
  FUNCTION: "fetch-files",
  KEPTN_API_TOKEN: "token",
  ...Object.fromEntries(makeFetchEnv(order).map(({ name, value = "" }) => [name, literalOf(value)])),
};

/** @returns what it wrote to stderr */
const runNode = (args: readonly string[], env: Readonly<Record<string, string>>): Promise<string> =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { env: { ...planned, ...env }, stdio: ["ignore", "ignore", "pipe"] });
    let said = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      said += text;
    });
    child.once("error", reject);
    child.once("close", (code) => (code === 0 ? resolve(said) : reject(new Error(`exit code ${code}: ${said}`))));
  });

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0;

const measureStart = async (program: string, folder: string): Promise<{ bare: number; first: number }> => {
  const bare: number[] = [];
  const first: number[] = [];
  let begun = 0;
  let asked = 0;
  const onAsked = () => {
    asked ||= performance.now() - begun;
  };
  await withKeptn(makeKeptn(1, 10, onAsked), async (endpoint) => {
    for (let n = 0; n < rounds; n++) {
      begun = performance.now();
      await runNode(["-e", "0"], {});
      bare.push(performance.now() - begun);
      [begun, asked] = [performance.now(), 0];
      await runNode([program, join(folder, `start-${n}`)], { KEPTN_API_ENDPOINT: endpoint });
      first.push(asked);
    }
  });
  return { bare: median(bare), first: median(first) };
};

/** Not getrusage's maxrss: that begins with what the process had that started this one. */
const peak = `process.on("exit", () => {
  const status = require("node:fs").readFileSync("/proc/self/status", "utf8");
  process.stderr.write(/VmHWM:\\s+(\\d+)/.exec(status)[1]);
});`;

/** @returns the largest resident set in MiB */
const measureMemory = (program: string, folder: string, count: number): Promise<number> =>
  withKeptn(
    makeKeptn(count, 50e6 / count, () => undefined),
    async (endpoint) => {
      const spy = join(folder, "spy.cjs");
      await writeFile(spy, peak);
      const target = join(folder, `memory-${count}`);
      const said = await runNode(["--require", spy, program, target], { KEPTN_API_ENDPOINT: endpoint });
      return Number(said) / 1024;
    },
  );

const folder = await mkdtemp(join(tmpdir(), "jes-bench-"));
try {
  const program = join(folder, "dist", "serve.cjs"); // as in the image
  await bundle(join(folder, "dist"));
  await fillCompileCache(join(folder, "dist"));
  const { bare, first } = await measureStart(program, folder);
  const times = first / bare;
  console.log(
    `start to first request: ${first.toFixed(1)} ms, ${times.toFixed(2)} times node -e 0 (${bare.toFixed(1)} ms)`,
  );
  const memory: number[] = [];
  for (const count of [1, 50, 1000]) {
    const used = await measureMemory(program, folder, count);
    memory.push(used);
    console.log(`50 MB in ${count} files: ${used.toFixed(1)} MiB`);
  }
  assert.ok(times < mostTimesBare, `the start takes ${times} times as long as node's own`);
  assert.ok(Math.max(...memory) < mostMiB, `${Math.max(...memory)} MiB`);
} finally {
  await rm(folder, { recursive: true, force: true });
}
