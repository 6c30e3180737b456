// Notes on configs with errors: what JES did with them, and what happens here.
import type { Problem } from "../../../lib/core/problem.ts";
import type { Path } from "../../../lib/core/yaml/path.ts";
import type { Note } from "./places.ts";

/** Errors that JES's decoder found (Go's yaml.v2, UnmarshalStrict, and the version). It found others when an action ran, or never. */
const seenByJes = new Set([
  ...["unknown-key", "wrong-type", "missing-api-version", "unsupported-api-version"],
  ...["duplicate-key", "bad-key", "bad-merge", "unknown-alias", "alias-cycle", "bad-encoding", "forbidden-character"],
]);

const top: Path = ["apiVersion"];

/** JES ran nothing for a config that it refused, so there is nothing to compare. */
export const isRefusedByJes = (problems: readonly Problem[]): boolean =>
  problems.some(({ severity, code }) => severity === "error" && seenByJes.has(code));

/** @param hasNewFields JES refuses these too */
export const explainMistakes = (problems: readonly Problem[], hasNewFields: boolean): Note[] => {
  const isWrong = problems.some(({ severity }) => severity === "error");
  if (isRefusedByJes(problems) || (isWrong && hasNewFields)) {
    const message =
      "JES refuses this config too, but only reports it in its error log. Here, an event that matches one of the actions is answered at once, with all errors.";
    return [{ code: "jes-mistakes-are-answered", message, fix: "Fix the errors.", path: top }];
  }
  if (!isWrong) return [];
  const message =
    "JES accepted this config and failed only when it reached an error. Here, an action with an error does not run until it is fixed, and an event that matches it is answered with all errors; the other actions run.";
  return [{ code: "jes-took-mistakes", message, fix: "Fix the errors before you migrate.", path: top }];
};
