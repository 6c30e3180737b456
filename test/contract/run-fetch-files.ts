// Runs fetch-files as the init container does: a process, told what to do by its environment.
import { spawn } from "node:child_process";
import { join } from "node:path";
import { type FetchOrder, makeFetchEnv } from "../../functions/lib/core/files/fetch-order.ts";
import { literalOf } from "../../functions/lib/core/job/literal.ts";
import { bundledPrograms } from "../cluster/harness/bundled-programs.ts";
import type { KeptnAddress } from "./keptn-user.ts";

export interface Ended {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Fetching {
  readonly order: FetchOrder;
  readonly keptn: KeptnAddress;
  readonly folder: string;
  readonly env?: Readonly<Record<string, string>>;
}

export const runFetchFiles = async ({ order, keptn, folder, env }: Fetching): Promise<Ended> => {
  const planned = Object.fromEntries(makeFetchEnv(order).map(({ name, value = "" }) => [name, literalOf(value)]));
  const reached = { KEPTN_API_ENDPOINT: keptn.endpoint, KEPTN_API_TOKEN: keptn.token, FUNCTION: "fetch-files" };
  const child = spawn(process.execPath, [join(await bundledPrograms(), "serve.cjs"), folder], {
    env: { ...planned, ...reached, ...env },
  });
  const said = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const) {
    child[name].setEncoding("utf8").on("data", (text: string) => {
      said[name] += text;
    });
  }
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (exitCode) => resolve({ exitCode, ...said }));
  });
};
