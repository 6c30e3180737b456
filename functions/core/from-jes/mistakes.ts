// A config with mistakes: what JES made of it, and what happens here.
import type { Warning } from "../config/warning.ts";
import type { Path } from "../config/yaml-tree.ts";
import type { Problem } from "../problem.ts";

/** What JES's decoder looked at (Go's yaml.v2, UnmarshalStrict, and the version); all else it found out when an action ran, or never. */
const seenByJes = new Set([
  ...["unknown-key", "wrong-type", "missing-api-version", "unsupported-api-version"],
  ...["duplicate-key", "bad-key", "bad-merge", "unknown-alias", "alias-cycle", "bad-encoding", "forbidden-character"],
]);

const top: Path = ["apiVersion"];

/** A config that JES did not take ran nothing: there is nothing to compare with. */
export const isRefusedByJes = (problems: readonly Problem[]): boolean =>
  problems.some(({ severity, code }) => severity === "error" && seenByJes.has(code));

/** @param hasNewFields for these JES refuses it as well */
export const explainMistakes = (problems: readonly Problem[], hasNewFields: boolean): Warning[] => {
  const isWrong = problems.some(({ severity }) => severity === "error");
  if (isRefusedByJes(problems) || (isWrong && hasNewFields)) {
    const message =
      "JES does not take this config either, but says so in its error log only. Here an event that one of the actions fits is answered at once, with all mistakes.";
    return [{ code: "jes-mistakes-are-answered", message, fix: "Mend the errors.", path: top }];
  }
  if (!isWrong) return [];
  const message =
    "JES took this config, and went wrong only where a mistake got in its way. Here an action with a mistake does not run before it is mended, and an event that it fits is answered with all mistakes; the other actions run.";
  return [{ code: "jes-took-mistakes", message, fix: "Mend the errors before you move.", path: top }];
};
