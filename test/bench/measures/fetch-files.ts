// How soon fetch-files asks Keptn for the first time, against a bare `node -e 0`, and how much memory 50 MB of files cost it.
import { writeFile } from "node:fs/promises";
import type { RequestListener } from "node:http";
import { join } from "node:path";
import { makeFetchEnv } from "../../../functions/lib/core/files/fetch-order.ts";
import { literalOf } from "../../../functions/lib/core/job/literal.ts";
import { orderOf } from "../../doubles/fetch-order.ts";
import { startServer } from "../../doubles/http-server.ts";
import { runNode } from "../harness/run-node.ts";
import type { Bench, Measure, Row } from "../measure.ts";
import { interleave } from "../rounds.ts";
import { plainRow, timesRow } from "../row.ts";

export const fetchFiles: Measure = {
  about: "the init container, from its start to its first request, and its memory",
  run: async (bench) => {
    bench.say("fetch-files");
    const rows = [await startRow(bench)];
    for (const count of [1, 50, 1000]) rows.push(await memoryRow(bench, count));
    return rows;
  },
};

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

const order = orderOf({ files: ["/"], limits: { fileBytes: 1e9, totalBytes: 1e9, count: 1000 } });

const envOf = (url: string) => ({
  ...{ FUNCTION: "fetch-files", KEPTN_API_TOKEN: "token", KEPTN_API_ENDPOINT: url },
  ...Object.fromEntries(makeFetchEnv(order).map(({ name, value = "" }) => [name, literalOf(value)])),
});

const programOf = ({ dist }: Bench): string => join(dist, "serve.cjs");

const startRow = async (bench: Bench): Promise<Row> => {
  let [begun, asked, folders] = [0, 0, 0];
  const onAsked = () => {
    asked ||= performance.now() - begun;
  };
  const keptn = await startServer(makeKeptn(1, 10, onAsked));
  const first = async (): Promise<number> => {
    [begun, asked] = [performance.now(), 0];
    await runNode([programOf(bench), join(bench.scratch, `fetched-${folders++}`)], envOf(keptn.url));
    return asked;
  };
  const bare = async () => (await runNode(["-e", "0"])).ms;
  const measured = await interleave({ first, bare }, { unmeasured: 2, measured: 25 });
  await keptn.close();
  const row = { name: "start to first request", unit: "ms", values: measured.first, bound: { most: 3 } } as const;
  return timesRow({ ...row, column: "fetch-files" }, { name: "node -e 0", values: measured.bare });
};

/** Not getrusage's maxrss: that begins with what the process had that started this one. */
const tellPeak = `process.on("exit", () => {
  const status = require("node:fs").readFileSync("/proc/self/status", "utf8");
  process.stderr.write(/VmHWM:\\s+(\\d+)/.exec(status)[1]);
});`;

const memoryRow = async (bench: Bench, count: number): Promise<Row> => {
  const keptn = await startServer(makeKeptn(count, 50e6 / count, () => undefined));
  const spy = join(bench.scratch, "tell-peak.cjs");
  await writeFile(spy, tellPeak);
  const values: number[] = [];
  for (let round = 0; round < 3; round++) {
    const folder = join(bench.scratch, `fetched-${count}-${round}`);
    const { said } = await runNode(["--require", spy, programOf(bench), folder], envOf(keptn.url));
    values.push(Number(said) / 1024);
  }
  await keptn.close();
  return plainRow({ name: `  peak memory, 50 MB in ${count} files`, unit: "MiB", values, bound: { most: 80 } });
};
