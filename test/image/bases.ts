// The two base images of build/Containerfile, made of what this machine has: no registry of images is asked.
import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** Stands for node:24-slim: a shell, Node and npm. */
export const build = "localhost/test-build:1";
/** Stands for distroless: a C library, certificate authorities, a user that is not root, and no shell. */
export const base = "localhost/test-base:1";

const certificates = "/etc/ssl/certs/ca-certificates.crt";
const nodeBinary = join("node_modules", "node", "bin", "node");

export const makeBases = async (): Promise<void> => {
  const work = await mkdtemp(join(tmpdir(), "base-images-"));
  try {
    await importRoot(await baseRoot(join(work, "base")), base);
    await importRoot(await buildRoot(join(work, "build")), build);
  } finally {
    await rm(work, { recursive: true });
  }
};

const baseRoot = async (root: string): Promise<string> => {
  await Promise.all(["tmp", "etc", "proc", "dev", "sys"].map((name) => mkdir(join(root, name), { recursive: true })));
  await writeFile(join(root, "etc", "passwd"), "root:x:0:0::/root:/\nnonroot:x:65532:65532::/tmp:/\n");
  await copyInto(root, [certificates, ...(await librariesOf(nodeBinary))]);
  return root;
};

const buildRoot = async (root: string): Promise<string> => {
  await baseRoot(root);
  const busybox = (await run("sh", ["-c", "command -v busybox"])).stdout.trim();
  await copyInto(root, await librariesOf(busybox));
  await mkdir(join(root, "bin"), { recursive: true });
  await mkdir(join(root, "usr", "bin"), { recursive: true });
  await cp(busybox, join(root, "bin", "busybox"), { dereference: true });
  const { stdout: applets } = await run(busybox, ["--list"]);
  for (const applet of applets
    .trim()
    .split("\n")
    .filter((name) => name !== "busybox")) {
    await symlink("/bin/busybox", join(root, "bin", applet));
  }
  await symlink("/bin/busybox", join(root, "usr", "bin", "env"));
  await cp(nodeBinary, join(root, "bin", "node"), { dereference: true });
  const npm = dirname(dirname(await realpath((await run("sh", ["-c", "command -v npm"])).stdout.trim())));
  await cp(npm, join(root, "lib", "npm"), { recursive: true, verbatimSymlinks: true });
  for (const name of ["npm", "npx"]) await symlink(`/lib/npm/bin/${name}-cli.js`, join(root, "bin", name));
  return root;
};

/** What the dynamic linker loads for a program, itself included. */
const librariesOf = async (program: string): Promise<string[]> => {
  const { stdout } = await run("ldd", [program]).catch(() => ({ stdout: "" })); // a static program has none
  return [...stdout.matchAll(/(?<= )\/\S+|^\s+(\/\S+)/gm)].map(([text]) => text.trim());
};

const copyInto = async (root: string, files: readonly string[]): Promise<void> => {
  for (const file of files) {
    await mkdir(join(root, dirname(file)), { recursive: true });
    await cp(await realpath(file), join(root, file));
  }
};

/** Numeric owners and one time for all: the same files give the same image. */
const importRoot = async (root: string, name: string): Promise<void> => {
  const tar = `${root}.tar`;
  await run("tar", ["-C", root, "--sort=name", "--owner=0", "--group=0", "--mtime=@0", "-cf", tar, "."]);
  await run("podman", ["import", "--quiet", tar, name]);
};
