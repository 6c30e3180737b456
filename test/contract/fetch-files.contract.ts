// What a task finds in /keptn: fetched by the real program, from the double and from a real Keptn.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { after, before, describe, type TestContext, test } from "node:test";
import type { FetchOrder } from "../../functions/lib/core/files/fetch-order.ts";
import { orderOf } from "../doubles/fetch-order.ts";
import { makeTempFolder, readTree } from "../doubles/temp-folder.ts";
import { type KeptnAddress, type KeptnUser, makeUser } from "./keptn-user.ts";
import { runFetchFiles } from "./run-fetch-files.ts";

export const filesShipyard = `apiVersion: spec.keptn.sh/0.2.3
kind: Shipyard
metadata: {name: files}
spec:
  stages:
    - name: dev
      sequences:
        - name: delivery
          tasks:
            - {name: test}
`;

const everyByte = Buffer.from(Array.from({ length: 256 }, (_, i) => i));

export const fetchFilesContract = (
  name: string,
  open: () => Promise<KeptnAddress & { close(): Promise<void> }>,
): void => {
  describe(`fetch-files and ${name}`, () => {
    const project = `files-${randomUUID().slice(0, 8)}`;
    const at = { project, stage: "dev", service: "carts" };
    let world: Awaited<ReturnType<typeof open>>;
    let user: KeptnUser;
    before(async () => {
      world = await open();
      user = makeUser(world);
      await user.createProject(project, filesShipyard);
      await user.createService(project, at.service);
    });
    after(async () => {
      await user.deleteProject(project);
      await world.close();
    });

    const fetch = async (t: TestContext, order: Partial<FetchOrder>, env: Record<string, string> = {}) => {
      const folder = await makeTempFolder(t);
      const ended = await runFetchFiles({ order: orderOf({ ...at, ...order }), keptn: world, folder, env });
      return { ...ended, folder, files: await readTree(folder) };
    };

    test("gives files as they were at the event's commit, whatever HEAD is by now", async (t) => {
      const gitcommitid = await user.addFiles(at, { "old/run.sh": "before", "old/data": "before" });
      await user.addFiles(at, { "old/run.sh": "after", "old/new": "after" });
      const { exitCode, files, stderr } = await fetch(t, { gitcommitid, files: ["old/", "old/data"] });
      assert.equal(exitCode, 0, stderr);
      assert.deepEqual(files, { "old/data": "before", "old/run.sh": "before" });
      const head = await fetch(t, { files: ["old"] });
      assert.deepEqual(head.files, { "old/data": "before", "old/new": "after", "old/run.sh": "after" });
    });

    test("keeps names and bytes, and makes scripts executable", async (t) => {
      const gitcommitid = await user.addFiles(at, {
        "odd/a b+c%20d.txt": "1",
        "odd/ünï/日本": everyByte,
        "odd/empty": "",
        "odd/run": "#!/bin/sh\n",
      });
      const { exitCode, files, folder, stderr } = await fetch(t, { gitcommitid, files: ["/odd"] });
      assert.equal(exitCode, 0, stderr);
      assert.deepEqual(files, {
        "odd/a b+c%20d.txt": "1",
        "odd/empty": "",
        "odd/run": "#!/bin/sh\n",
        "odd/ünï/日本": everyByte.toString("latin1"),
      });
      const modeOf = async (path: string) => ((await stat(join(folder, path))).mode & 0o777).toString(8);
      assert.deepEqual(await Promise.all(["odd/run", "odd/empty", "odd/ünï"].map(modeOf)), ["777", "666", "777"]);
    });

    test("looks at the service, then the stage, then the project", async (t) => {
      await user.addFiles({ project }, { "level/all": "project", "level-p": "project" });
      await user.addFiles({ project, stage: "dev" }, { "level/all": "stage", "level-s": "stage" });
      const gitcommitid = await user.addFiles(at, { "level/all": "service" });
      const { files, stdout } = await fetch(t, { gitcommitid, files: ["level/all", "level-s", "level-p"] });
      assert.deepEqual(files, { "level-p": "project", "level-s": "stage", "level/all": "service" });
      assert.match(stdout, /^level-s: 5 B, from the stage$/m);
      assert.match(stdout, /^3 files, 19 B in total$/m);
    });

    test("everything is what the service has", async (t) => {
      const service = `all-${randomUUID().slice(0, 8)}`;
      await user.createService(project, service);
      const gitcommitid = await user.addFiles({ ...at, service }, { a: "1", "b/c": "2" });
      const { files, stderr } = await fetch(t, { service, gitcommitid, files: [""] });
      assert.deepEqual(Object.keys(files), ["a", "b/c", "metadata.yaml"], stderr);
    });

    test("says what is missing, and where it looked", async (t) => {
      const gitcommitid = await user.addFiles(at, { there: "1" });
      const { exitCode, stderr } = await fetch(t, { gitcommitid, files: ["there", "not/there.sh"] });
      assert.equal(exitCode, 1);
      assert.match(stderr, new RegExp(`not/there.sh is not .*service carts, stage dev .*${gitcommitid}.*${project}`));
    });

    test("a commit that does not exist is said, and not waited for", async (t) => {
      const gitcommitid = "0123456789abcdef0123456789abcdef01234567";
      const order = { gitcommitid, files: ["there"], graceSeconds: 600 };
      const { exitCode, stderr } = await fetch(t, order, { KEPTN_RETRY_SECONDS: "1" });
      assert.equal(exitCode, 3);
      assert.match(stderr, /cannot read there at commit 0123456789abcdef/);
    });
  });
};
