// `$(NAME)` is expanded as Kubernetes expands it.
import assert from "node:assert/strict";
import { test } from "node:test";
import { expand } from "../../../functions/cli/local/container-env.ts";

const variables = new Map([
  ["A", "value"],
  ["EMPTY", ""],
  ["NESTED", "$(A)"],
]);

const cases = [
  ["$(A)", "value"],
  ["x$(A)y$(A)", "xvalueyvalue"],
  ["$(EMPTY)", ""],
  ["$(UNKNOWN)", "$(UNKNOWN)"],
  ["$$(A)", "$(A)"],
  ["$$$(A)", "$value"],
  ["$A ${A} $", "$A ${A} $"],
  ["$( $$", "$( $"],
  ["$()", "$()"],
  ["$(NESTED)", "$(A)"],
] as const;

for (const [text, expanded] of cases) {
  test(`${text} becomes ${expanded || "nothing"}`, () => assert.equal(expand(text, variables), expanded));
}
