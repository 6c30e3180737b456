// Builds the image as an operator does, by build/Containerfile; on bases of this machine, since it may reach no registry of images.
import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { base, build } from "./bases.ts";

/** @throws what podman said */
export const podman = async (...args: readonly string[]): Promise<string> =>
  (await promisify(execFile)("podman", args, { maxBuffer: 64 * 1024 * 1024 })).stdout.trim();

/** What podman from Debian 12 needs where it may raise no limits. */
export const limits = ["--runtime", "runc", "--ulimit", "nofile=1024:1024", "--ulimit", "nproc=1024:1024"];

/** Needs the bases of bases.ts. @param tag of the image that is made */
export const buildImage = async (tag: string): Promise<void> => {
  const scratch = await mkdtemp(join(tmpdir(), "image-build-"));
  try {
    // The registry of packages is this machine's: a build elsewhere has its own, or npm's.
    const { stdout: registry } = await promisify(execFile)("npm", ["config", "get", "registry"]);
    const npmrc = join(scratch, "npmrc");
    await writeFile(npmrc, `registry=${registry.trim()}\ncafile=/etc/ssl/certs/ca-certificates.crt\n`);
    // The home of the base image's root, who builds.
    const host = ["--network", "host", "--volume", `${npmrc}:/root/.npmrc:ro`, ...limits];
    const bases = ["--build-arg", `BUILD=${build}`, "--build-arg", `BASE=${base}`, "--pull=never"];
    const same = ["--timestamp", "0", "--no-cache", "--layers=false"];
    await podman("build", "--quiet", ...host, ...bases, ...same, "-f", "build/Containerfile", "-t", tag, ".");
  } finally {
    await rm(scratch, { recursive: true });
  }
};
