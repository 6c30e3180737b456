// Limits for events: names that are too long or change a path, and data that nests too deep. Keptn's own events are within them.
import { isTooDeep, maxNesting } from "../json/depth.ts";

const maxNameLength = 1024;

const attributes = ["id", "type", "source", "shkeptncontext", "triggeredid", "gitcommitid"] as const;
const scope = ["project", "stage", "service"] as const;

/** @returns the problems of an event and its data, as sentences */
export const beyondLimits = (
  event: Readonly<Record<string, unknown>>,
  data: Readonly<Record<string, unknown>>,
): readonly string[] => {
  const named = [
    ...attributes.map((name) => [name, event[name]] as const),
    ...scope.map((name) => [`data.${name}`, data[name]] as const),
  ];
  const flaws = named.flatMap(([name, value]) => {
    const flaw = typeof value === "string" ? flawOf(value) : undefined;
    return flaw ? [`Its ${name} ${flaw}.`] : [];
  });
  return isTooDeep(data) ? [...flaws, `Its data nests deeper than ${maxNesting} levels.`] : flaws;
};

/** `.` and `..` would be resolved in the path of a request. */
const flawOf = (name: string): string | undefined => {
  if (name.length > maxNameLength) return `is longer than ${maxNameLength} characters`;
  return name === "." || name === ".." ? `is ${name}, which is not a valid name` : undefined;
};
