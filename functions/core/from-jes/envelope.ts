// Attributes of the event that JES had as addresses in its memory, or as Go's own kind of time.
import { parsePath } from "../config/path-steps.ts";

const fields = ["type", "source", "time"] as const;

/** @returns which of them a JSONPath names */
export const envelopeFieldOf = (path: string): (typeof fields)[number] | undefined => {
  const [step, ...more] = parsePath(path) ?? [];
  return step?.kind === "one" && more.length === 0 ? fields.find((field) => field === step.key) : undefined;
};
