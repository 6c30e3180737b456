import assert from "node:assert/strict";
import { test } from "node:test";
import {
  matchEntry,
  missingProblem,
  pathOfUri,
  renderBytes,
} from "../../../../functions/lib/core/files/file-choice.ts";
import { parseFileEntry } from "../../../../functions/lib/core/files/file-names.ts";
import { orderOf } from "../../../doubles/fetch-order.ts";

const listed = ["helm/Chart.yaml", "helm/templates/a.yaml", "helmfile.yaml", "run"];
const match = (text: string) => matchEntry(parseFileEntry(text), listed);

test("a folder matches everything below it, but not names that begin with its name", () => {
  const folder = { kind: "folder", paths: ["helm/Chart.yaml", "helm/templates/a.yaml"] };
  for (const text of ["helm", "/helm", "helm/", "/helm/"]) assert.deepEqual(match(text), folder, text);
});

test("everything matches every file", () => {
  assert.deepEqual(match("/"), { kind: "folder", paths: listed });
});

test("a file matches itself, unless the entry asks for a folder", () => {
  assert.deepEqual(match("run"), { kind: "file" });
  assert.deepEqual(match("run/"), { kind: "unlisted" });
});

test("a file that is not listed may still exist at the event's commit", () => {
  assert.deepEqual(match(".gitignore"), { kind: "unlisted" });
});

test("Keptn's leading slash is not part of a name, a second one is", () => {
  assert.equal(pathOfUri("/helm/x"), "helm/x");
  assert.equal(pathOfUri("//etc/x"), "/etc/x");
});

test("a missing file is reported with the levels and the commit that were tried", () => {
  const { message } = missingProblem(parseFileEntry("x.sh"), orderOf({ gitcommitid: "abc" }));
  assert.match(message, /x\.sh is not .* service carts, stage dev \(both at commit abc\), project sockshop/);
});

test("sizes are rendered for people", () => {
  assert.deepEqual([0, 1023, 1024, 1536, 20 * 1024 ** 2, 5 * 1024 ** 4].map(renderBytes), [
    "0 B",
    "1023 B",
    "1 KiB",
    "1.5 KiB",
    "20 MiB",
    "5120 GiB",
  ]);
});
