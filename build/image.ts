// `npm run image`: builds the image without registry, base image or container engine, with the test cluster's tools.
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { copyFile, cp, mkdir, mkdtemp, open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs, promisify } from "node:util";

/** `image` writes a docker archive to stdout, `load` loads it into the running test cluster; both take the same arguments. */
const tools = process.env["CLUSTER_TOOLS"] ?? join("..", "shared", "cluster");

/** Contents of the image: only node and the bundles. */
const makeRoot = async (root: string): Promise<void> => {
  await mkdir(join(root, "bin"));
  await copyFile(process.execPath, join(root, "bin", "node"));
  await cp("dist", join(root, "app"), { recursive: true, verbatimSymlinks: true });
};

const argumentsOf = (name: string, root: string): string[] => [
  ...[name, root, "/bin/node", "/app/serve.cjs"],
  ...["--with-libc", join(root, "bin", "node")],
];

/** @returns the image's name in the cluster */
const load = async (name: string, root: string): Promise<string> =>
  (await promisify(execFile)(join(tools, "load"), argumentsOf(name, root))).stdout.trim();

/** @returns the file, for `ctr images import` or `podman load` */
const write = async (name: string, root: string): Promise<string> => {
  const file = join(root, "..", "image.tar");
  const output = await open(file, "w");
  const child = spawn(join(tools, "image"), argumentsOf(name, root), { stdio: ["ignore", output.fd, "inherit"] });
  const [code] = await once(child, "exit");
  await output.close();
  if (code !== 0) throw new Error(`${tools}/image ended with exit code ${code}`);
  await copyFile(file, "dist/image.tar");
  return "dist/image.tar";
};

const { values, positionals } = parseArgs({ options: { load: { type: "boolean" } }, allowPositionals: true });
const work = await mkdtemp(join(tmpdir(), "image-"));
try {
  const root = join(work, "root");
  await mkdir(root);
  await makeRoot(root);
  const name = positionals[0] ?? "job-executor-functions:dev";
  process.stdout.write(`${await (values.load ? load(name, root) : write(name, root))}\n`);
} finally {
  await rm(work, { recursive: true });
}
