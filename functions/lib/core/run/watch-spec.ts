// Parses the spec of the ApiServerSource that start-job creates: manifests/base/job-changes.yaml has one text per field.
import { parse } from "yaml";
import { isRecord } from "../json/exact-json.ts";

/**
 * @param fields YAML texts by field name, as a ConfigMap can hold them and patches can change them. `sink.ref.name` is nested in `sink`,
 * so that Kustomize can update the name.
 * @returns the spec, or the problem as the end of a sentence. The API server validates the content of the fields
 */
export const parseWatchSpec = (
  fields: Readonly<Record<string, string>>,
): { readonly spec: Readonly<Record<string, unknown>> } | { readonly wrong: string } => {
  const spec: Record<string, unknown> = {};
  // Sorted, so that a field comes before those nested in it.
  for (const [name, text] of Object.entries(fields).sort(([a], [b]) => (a < b ? -1 : 1))) {
    try {
      set(spec, name.split("."), parse(text));
    } catch (fault) {
      return { wrong: `${name} is not YAML: ${fault instanceof Error ? fault.message : String(fault)}` };
    }
  }
  if (Object.keys(spec).length > 0) return { spec };
  return { wrong: "it has no files. Mount the ConfigMap job-changes of manifests/base there." };
};

const set = (fields: Record<string, unknown>, [first = "", ...others]: readonly string[], value: unknown): void => {
  if (others.length === 0) {
    fields[first] = value;
    return;
  }
  const below = fields[first];
  const inner = isRecord(below) ? { ...below } : {};
  set(inner, others, value);
  fields[first] = inner;
};
