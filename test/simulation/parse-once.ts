// Stands in for core/config/parse.ts while a simulation runs: parsing is pure and takes most of a start-job's time.
import { type ParsedJobConfig, parseJobConfig as parse } from "../../functions/core/config/parse.ts";

const parsed = new Map<string, ParsedJobConfig>();

export const parseJobConfig = (text: string, file: string): ParsedJobConfig => {
  const known = parsed.get(text);
  if (known) return known;
  const fresh = parse(text, file);
  parsed.set(text, fresh);
  return fresh;
};
