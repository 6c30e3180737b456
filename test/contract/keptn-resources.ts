// Keptn's contract: the files of its Git repository, at three levels and at a commit.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { KeptnEvent } from "../../functions/lib/core/event/keptn-event.ts";
import { connectKeptnFiles } from "../../functions/lib/keptn/files.ts";
import { settingsFor } from "../doubles/keptn/settings.ts";
import { faultOf, type KeptnBench } from "./keptn-bench.ts";

export const resourcesContract = (bench: KeptnBench): void => {
  const { at } = bench;
  const { project } = at;
  describe("job config", () => {
    const path = "job/config.yaml";
    const eventAt = (gitcommitid?: string): KeptnEvent => ({
      ...{ id: "1", type: "sh.keptn.event.test.triggered", source: "shipyard-controller", shkeptncontext: "c" },
      ...(gitcommitid ? { gitcommitid } : {}),
      data: at,
    });

    test("is found at project, stage and service level, the last first, each at the event's commit", async () => {
      const before = await bench.user.addFiles({ project, stage: "dev" }, { "other.txt": "x" });
      assert.equal(await bench.keptn.getJobConfig(eventAt(before)), undefined);
      await bench.user.addFiles({ project }, { [path]: "project" });
      assert.deepEqual(await bench.keptn.getJobConfig(eventAt(before)), { text: "project", level: "project" });
      const withStage = await bench.user.addFiles({ project, stage: "dev" }, { [path]: "stage" });
      const withService = await bench.user.addFiles(at, { [path]: "service" });
      const changed = await bench.user.addFiles(at, { [path]: "changed" });
      assert.deepEqual(await bench.keptn.getJobConfig(eventAt(before)), { text: "project", level: "project" });
      assert.deepEqual(await bench.keptn.getJobConfig(eventAt(withStage)), { text: "stage", level: "stage" });
      assert.deepEqual(await bench.keptn.getJobConfig(eventAt(withService)), { text: "service", level: "service" });
      assert.deepEqual(await bench.keptn.getJobConfig(eventAt(changed)), { text: "changed", level: "service" });
      assert.deepEqual(await bench.keptn.getJobConfig(eventAt()), { text: "changed", level: "service" });
    });

    test("of a service or stage that is not there comes from the level above", async () => {
      await bench.user.addFiles({ project }, { [path]: "project" });
      const elsewhere = { ...eventAt(), data: { project, stage: "nostage", service: "noservice" } };
      assert.equal((await bench.keptn.getJobConfig(elsewhere))?.level, "project");
    });

    test("of a project that is not there is a fault, not none", async () => {
      const elsewhere = { ...eventAt(), data: { ...at, project: "no-such-project" } };
      const fault = await faultOf(bench.keptn.getJobConfig(elsewhere));
      assert.deepEqual([fault.retryable, fault.httpStatus], [false, 404]);
    });

    test("at a commit that does not exist is a fault that waiting does not heal", async () => {
      const fault = await faultOf(bench.keptn.getJobConfig(eventAt("0123456789abcdef0123456789abcdef01234567")));
      assert.deepEqual([fault.retryable, fault.httpStatus], [false, 500]);
      assert.match(fault.message, /at commit 0123456789abcdef0123456789abcdef01234567 of stage dev/);
    });
  });

  describe("files", () => {
    const names = ["job/config.yaml", "a b/c+d%20e.txt", "ünï.bin", "deep/er/x"];
    const bytes = Buffer.from([0, 255, 10, 13, 128]);

    test("are listed without a leading slash, all pages of them, and read as they were written", async () => {
      const many = Array.from({ length: 1005 }, (_, i) => `many/${i}`);
      const files = Object.fromEntries([...names, ...many].map((name) => [name, bytes]));
      const gitcommitid = await bench.user.addFiles(at, files);
      const reader = connectKeptnFiles(settingsFor(bench.world), { ...at, gitcommitid });
      const listed = await reader.listFiles("service");
      assert.deepEqual([...listed].sort(), ["metadata.yaml", ...names, ...many].sort());
      for (const name of names) assert.deepEqual(await readAll(reader.openFile("service", name)), bytes, name);
      assert.equal(await reader.openFile("service", "no/such.file"), undefined);
      assert.ok((await reader.listFiles("stage")).includes("carts/deep/er/x"));
      assert.ok((await reader.listFiles("project")).includes("shipyard.yaml"));
    });

    test("of a level that is not there are none", async () => {
      const reader = connectKeptnFiles(settingsFor(bench.world), { project, stage: "nostage", service: "noservice" });
      assert.deepEqual([await reader.listFiles("service"), await reader.listFiles("stage")], [[], []]);
      assert.equal(await reader.openFile("stage", "x"), undefined);
    });

    test("with a name that climbs out are refused for good", async () => {
      const fault = await faultOf(connectKeptnFiles(settingsFor(bench.world), at).openFile("service", "../x"));
      assert.deepEqual([fault.retryable, fault.httpStatus], [false, 400]);
    });
  });
};

const readAll = async (opening: Promise<AsyncIterable<Uint8Array> | undefined>): Promise<Buffer> => {
  const chunks: Uint8Array[] = [];
  for await (const chunk of (await opening) ?? []) chunks.push(chunk);
  return Buffer.concat(chunks);
};
