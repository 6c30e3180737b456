// Our image, built from these sources and loaded into the cluster under test; TEST_FUNCTIONS_IMAGE names an existing one.
import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { makeBases } from "../../image/bases.ts";
import { buildImage, podman } from "../../image/build-image.ts";

const cwd = resolve(import.meta.dirname, "../../..");

/**
 * CLUSTER_TOOLS names the folder with `load`, which gives an image to the cluster; see build/image.ts. Two at once write to one dist/.
 * @param tag another than TEST_FUNCTIONS_IMAGE has, for an upgrade
 * @returns the image's name
 */
export const loadFunctionsImage = async (tag = "test"): Promise<string> => {
  const given = process.env["TEST_FUNCTIONS_IMAGE"];
  if (given && tag === "test") return given;
  const run = ["run", "--silent", "image", "--", "--load", `job-executor-functions:${tag}`];
  const { stdout } = await promisify(execFile)("npm", run, { cwd });
  return stdout.trim();
};

/** By build/Containerfile, as an operator makes it: minutes, and podman has to be there. @returns the image's name */
export const loadBuiltImage = async (): Promise<string> => {
  const given = process.env["TEST_FUNCTIONS_IMAGE"];
  if (given) return given;
  const name = "dev.local/job-executor-functions:containerfile"; // Knative asks no registry for this host
  await makeBases();
  await buildImage(name);
  const folder = await mkdtemp(join(tmpdir(), "built-image-"));
  try {
    const archive = join(folder, "image.tar");
    await podman("save", "--format", "docker-archive", "--output", archive, name);
    const address = process.env["CONTAINERD_ADDRESS"] ?? "/run/test-cluster/containerd.sock";
    await promisify(execFile)("ctr", ["--address", address, "-n", "k8s.io", "images", "import", archive]);
  } finally {
    await rm(folder, { recursive: true });
  }
  return name;
};
