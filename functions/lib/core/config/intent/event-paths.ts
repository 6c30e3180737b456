// Warnings about JSONPaths that begin with a name that no event has.
import { parsePath } from "../../jsonpath/path-steps.ts";
import type { Path } from "../../yaml/path.ts";
import { quote } from "../../yaml/scalars.ts";
import { nearest } from "../nearest.ts";
import type { Warning } from "../warning.ts";

/** See `eventDocumentOf`. */
const topNames = ["id", "type", "source", "time", "specversion", "shkeptncontext", "gitcommitid", "data"];

/** Attributes of events that JSONPaths cannot read. */
const hidden = new Set([
  "triggeredid",
  "shkeptnspecversion",
  "datacontenttype",
  "contenttype",
  "subject",
  "dataschema",
]);

/** @param so the consequence, as the end of a sentence */
export const impossiblePath = (path: string, so: string, at: Path): Warning[] => {
  const [first] = parsePath(path) ?? [];
  if (first?.kind !== "one" || topNames.includes(String(first.key))) return [];
  const name = String(first.key);
  const why = hidden.has(name) ? `paths cannot read ${quote(name)}` : `no event has ${quote(name)} at its top level`;
  const message = `The JSONPath ${quote(path)} finds nothing, so ${so}: ${why}.`;
  const isKnown = hidden.has(name) || typeof first.key === "number";
  const fix = isKnown ? knownNames : `Did you mean ${meantBy(path, name)}?`;
  return [{ code: "impossible-path", message, fix, path: at }];
};

const knownNames = `A path begins with one of: ${topNames.join(", ")}.`;

/** The name is misspelled, or belongs below `data`. */
const meantBy = (path: string, name: string): string => {
  const rest = path.trim().replace(/^\$?\.?/, "");
  const slip = nearest(name, topNames);
  const after = rest.startsWith("[") ? rest.replace(/^\[[^\]]*\]/, "") : rest.slice(name.length);
  if (slip && Math.abs(slip.length - name.length) < 2) return `$.${slip}${after}`;
  return rest.startsWith("[") ? `$.data${rest}` : `$.data.${rest}`;
};
