// Our own image, built from these sources and given to the cluster under test; TEST_FUNCTIONS_IMAGE names one that is there already.
import { execFile } from "node:child_process";
import { resolve } from "node:path";
import { promisify } from "node:util";

const cwd = resolve(import.meta.dirname, "../../..");

/** CLUSTER_TOOLS names the folder with `load`, which gives an image to the cluster; see build/image.ts. @returns the image's name */
export const loadFunctionsImage = async (tag = "test"): Promise<string> => {
  const given = process.env["TEST_FUNCTIONS_IMAGE"];
  if (given) return given;
  const run = ["run", "--silent", "image", "--", "--load", `job-executor-functions:${tag}`];
  const { stdout } = await promisify(execFile)("npm", run, { cwd });
  return stdout.trim();
};
