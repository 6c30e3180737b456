// Suggestions for mistyped fields.
import assert from "node:assert/strict";
import { test } from "node:test";
import { nearest } from "../../../../functions/lib/core/config/nearest.ts";

const known = ["name", "image", "serviceAccount", "maxPollDuration", "env", "cmd"];

test("finds the field that is one typo away", () => {
  assert.equal(nearest("nmae", known), "name");
  assert.equal(nearest("serviceAcount", known), "serviceAccount");
  assert.equal(nearest("serviceAccountName", known), "serviceAccount");
  assert.equal(nearest("MAXPOLLDURATION", known), "maxPollDuration");
  assert.equal(nearest("envs", known), "env");
});

test("suggests nothing when nothing is close", () => {
  assert.equal(nearest("tolerations", known), undefined);
  assert.equal(nearest("imagePullSecrets", known), undefined);
  assert.equal(nearest("x".repeat(100_000), known), undefined);
});
