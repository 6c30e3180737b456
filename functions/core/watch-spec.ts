// The spec of the ApiServerSource that start-job creates, as manifests/base/job-changes.yaml has it: a text for each of its fields.
import { parse } from "yaml";
import { isFields } from "./read-marks.ts";

/**
 * @param fields by the field's name, as YAML: what a ConfigMap can hold, and what a patch can change one by one. `sink.ref.name` is
 * below `sink`, so that Kustomize can follow a name.
 * @returns the spec, or the end of a sentence that says what cannot be read; what is in the fields is for the API server to judge
 */
export const parseWatchSpec = (
  fields: Readonly<Record<string, string>>,
): { readonly spec: Readonly<Record<string, unknown>> } | { readonly wrong: string } => {
  const spec: Record<string, unknown> = {};
  // Sorted, a field comes before what is below it.
  for (const [name, text] of Object.entries(fields).sort(([a], [b]) => (a < b ? -1 : 1))) {
    try {
      set(spec, name.split("."), parse(text));
    } catch (fault) {
      return { wrong: `${name} is not YAML: ${fault instanceof Error ? fault.message : String(fault)}` };
    }
  }
  if (Object.keys(spec).length > 0) return { spec };
  return { wrong: "it has no file. The ConfigMap job-changes of manifests/base belongs there." };
};

const set = (fields: Record<string, unknown>, [first = "", ...others]: readonly string[], value: unknown): void => {
  if (others.length === 0) {
    fields[first] = value;
    return;
  }
  const below = fields[first];
  const inner = isFields(below) ? { ...below } : {};
  set(inner, others, value);
  fields[first] = inner;
};
