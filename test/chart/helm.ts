// Helm, from the PATH or built once by Go; running this file does only that. And the chart, written once for all tests.
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join, resolve } from "node:path";
import { promisify } from "node:util";
import { parseAllDocuments } from "yaml";
import { writeChart } from "../../build/chart/write-chart.ts";
import type { KubernetesObject } from "../manifests/overlays.ts";

const module = "helm.sh/helm/v3/cmd/helm@v3.19.5";
const binaries = resolve("node_modules/.cache", module);
const run = promisify(execFile);
const env = { ...process.env, PATH: [process.env["PATH"], binaries].join(delimiter) };
const works = (command: string, ...args: readonly string[]): Promise<boolean> =>
  run(command, args, { env }).then(
    () => true,
    () => false,
  );

const findHelm = async (): Promise<string | undefined> => {
  if (!(await works("kubectl", "version", "--client"))) return "there is no kubectl";
  if (await works("helm", "version")) return undefined;
  if (!(await works("go", "version"))) return "there is neither helm nor go to build it";
  await run("go", ["install", module], { env: { ...process.env, GOBIN: binaries } });
  return undefined;
};

/** Why the chart cannot be tested here; undefined when it can. */
export const noHelm: string | undefined = await findHelm();

/** A helm that `go install` built knows no version of Kubernetes but 1.20. */
const version = ["--kube-version", "1.34.0"];

export const chart = mkdtempSync(join(tmpdir(), "chart-"));
if (noHelm === undefined) await writeChart(chart);
process.on("exit", () => rmSync(chart, { recursive: true }));

/** @throws with what helm says to stderr */
export const helm = async (...args: readonly string[]): Promise<string> =>
  (await run("helm", args, { env, maxBuffer: 2 ** 24 })).stdout;

export const lint = (): Promise<string> => helm("lint", "--strict", ...version, chart);

/** @param values as YAML or JSON; @param more of helm's arguments, and another folder of the chart */
export const render = async (
  values: string | object,
  namespace = "keptn-jes",
  { folder = chart, more = [] }: { readonly folder?: string; readonly more?: readonly string[] } = {},
): Promise<readonly KubernetesObject[]> => {
  const args = ["template", "release", folder, "--namespace", namespace, ...version, ...more, "--values", "-"];
  const running = run("helm", args, { env, maxBuffer: 2 ** 24 });
  running.child.stdin?.end(typeof values === "string" ? values : JSON.stringify(values));
  return parseAllDocuments((await running).stdout)
    .map((document) => document.toJS() as KubernetesObject)
    .filter((object) => object !== null);
};
