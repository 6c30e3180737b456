// Event attributes that JES wrote as memory addresses, or in Go's time format.
import { parsePath } from "../../../lib/core/jsonpath/path-steps.ts";

const fields = ["type", "source", "time"] as const;

/** @returns the attribute that a JSONPath selects */
export const envelopeFieldOf = (path: string): (typeof fields)[number] | undefined => {
  const [step, ...more] = parsePath(path) ?? [];
  return step?.kind === "one" && more.length === 0 ? fields.find((field) => field === step.key) : undefined;
};
