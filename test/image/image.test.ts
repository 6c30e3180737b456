// The image of build/Containerfile: what is in it, and that it serves as the manifests run it. Needs root, podman and runc.
import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { makeBases } from "./bases.ts";
import { buildImage, limits, podman } from "./build-image.ts";

const [first, second] = ["localhost/job-executor-functions:first", "localhost/job-executor-functions:second"] as const;

describe("the image that build/Containerfile makes", { timeout: 1_800_000 }, () => {
  before(async () => {
    await makeBases();
    await buildImage(first);
    await buildImage(second);
  });
  after(() => podman("image", "rm", "--force", first, second));

  const inspect = async (what: string, image: string = first): Promise<string> =>
    podman("image", "inspect", "--format", what, image);

  it("is the same when one commit is built twice", async () => {
    const digests = [await inspect("{{.Digest}}"), await inspect("{{.Digest}}", second)];
    process.stderr.write(`digests of two builds: ${digests.join(" ")}\n`);
    assert.equal(digests[0], digests[1]);
  });

  it("says what it is, as OCI names it", async () => {
    const { version, license } = JSON.parse(await readFile("package.json", "utf8"));
    const labels = JSON.parse(await inspect("{{json .Labels}}"));
    assert.equal(labels["org.opencontainers.image.title"], "job-executor-functions");
    assert.equal(labels["org.opencontainers.image.version"], version);
    assert.equal(labels["org.opencontainers.image.licenses"], license);
  });

  it("has its bill of materials", async () => {
    const id = await podman("create", first);
    const folder = await mkdtemp(join(tmpdir(), "sbom-"));
    try {
      await podman("cp", `${id}:/app/sbom.cdx.json`, folder);
      const { metadata, components } = JSON.parse(await readFile(join(folder, "sbom.cdx.json"), "utf8"));
      assert.equal(metadata.component.name, "job-executor-functions");
      assert.ok(components.some(({ name }: { name: string }) => name === "faas-js-runtime"));
    } finally {
      await podman("rm", id);
      await rm(folder, { recursive: true });
    }
  });

  it("has no shell and runs as nobody in particular", async () => {
    assert.equal(await inspect("{{.User}}"), "65532:65532");
    for (const shell of ["/bin/sh", "/bin/bash", "/busybox/sh"]) {
      const run = podman("run", "--rm", ...limits, "--network", "host", "--entrypoint", shell, first, "-c", "true");
      await assert.rejects(run, /no such file|not found/);
    }
  });

  it("serves each function on a file system that cannot be written", async () => {
    for (const name of ["start-job", "finish-task"]) {
      const port = await freePort();
      const env = { FUNCTION: name, PORT: port, KEPTN_API_ENDPOINT: "http://127.0.0.1:9/api", KEPTN_API_TOKEN: "none" };
      const variables = Object.entries(env).flatMap(([key, value]) => ["--env", `${key}=${value}`]);
      const account = [
        "--env",
        "KUBECONFIG=/kubeconfig",
        "--volume",
        `${import.meta.dirname}/kubeconfig.yaml:/kubeconfig:ro`,
      ];
      const strict = ["--read-only", "--read-only-tmpfs=false", "--cap-drop=all", "--security-opt=no-new-privileges"];
      const id = await podman(
        "run",
        "--detach",
        ...limits,
        "--network",
        "host",
        ...strict,
        ...variables,
        ...account,
        first,
      );
      try {
        assert.equal(await readiness(port, id), 200, name);
        const answer = await fetch(`http://127.0.0.1:${port}/`, { method: "POST", body: "no event" });
        assert.equal(answer.status, 400, name);
      } finally {
        await podman("rm", "--force", "--time", "0", id);
      }
    }
  });
});

const readiness = async (port: number, id: string): Promise<number> => {
  for (let tries = 0; tries < 600; tries++) {
    const answer = await fetch(`http://127.0.0.1:${port}/health/readiness`).catch(() => undefined);
    if (answer?.ok) return answer.status;
    await sleep(100);
  }
  throw new Error(`it does not answer: ${await podman("logs", id)}`);
};

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  return typeof address === "object" && address ? address.port : assert.fail("no port");
};
