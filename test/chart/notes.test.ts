// What `helm install` says at its end: the next steps.
import assert from "node:assert/strict";
import { cp, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, type TestContext, test } from "node:test";
import { makeTempFolder } from "../doubles/temp-folder.ts";
import { chart, noHelm, render } from "./helm.ts";

/** Without a cluster, helm shows the notes of no release: an object has them here. */
const notesFor = async (context: TestContext, values: object): Promise<string> => {
  const folder = await makeTempFolder(context);
  await cp(chart, folder, { recursive: true });
  await cp(join(chart, "templates", "NOTES.txt"), join(folder, "notes"));
  const text = '{{ tpl (.Files.Get "notes") . | toJson }}';
  const object = `apiVersion: v1\nkind: Notes\nmetadata: {name: notes}\ntext: ${text}\n`;
  await writeFile(join(folder, "templates", "notes.yaml"), object);
  const objects = await render(values, "carts", { folder });
  return objects.find(({ kind }) => kind === "Notes")?.["text"];
};

describe("the notes", { skip: noHelm }, () => {
  test("say how to label the namespace, create the Secret, and connect a project", async (context) => {
    const notes = await notesFor(context, {});
    assert.match(notes, /kubectl label namespace carts pod-security\.kubernetes\.io\/enforce=restricted/);
    assert.match(notes, /kubectl -n carts create secret generic job-service-keptn-secrets --from-file=token=/);
    assert.match(notes, /job-executor check --namespace carts\n/);
    assert.match(notes, /job-executor connect --namespace carts --project PROJECT/);
    assert.doesNotMatch(notes, /JES/);
  });

  test("leave out what is done, and what another route does not need", async (context) => {
    const values = { remoteControlPlane: { api: { token: "s3cr3t" } }, createNamespace: true };
    const notes = await notesFor(context, values);
    assert.doesNotMatch(notes, /label namespace|create secret|connect|s3cr3t/);
    assert.match(notes, /Events arrive by nats/);
    assert.match(notes, /job-executor migrate/);
  });
});
