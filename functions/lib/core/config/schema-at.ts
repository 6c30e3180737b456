// Looks up the schema of a path in the config.
import * as z from "zod";
import type { Path } from "../yaml/path.ts";
import { descriptions } from "./descriptions.ts";
import { jobConfigSchema } from "./schema.ts";

export const knownKeysAt = (path: Path): string[] => {
  const object = bare(schemaAt(path));
  return object instanceof z.ZodObject ? Object.keys(object.shape) : [];
};

/** @returns the first example of the field, as JSON, which is valid YAML */
export const exampleAt = (path: Path): string | undefined => {
  const schema = schemaAt(path);
  const examples = examplesOf(schema) ?? examplesOf(unwrapped(schema));
  return examples === undefined ? undefined : JSON.stringify(examples[0]);
};

const examplesOf = (schema: unknown): readonly unknown[] | undefined => {
  const examples = schema instanceof z.ZodType ? descriptions.get(schema)?.examples : undefined;
  return Array.isArray(examples) ? examples : undefined;
};

const schemaAt = (path: Path): unknown =>
  path.reduce<unknown>((schema, key) => childOf(bare(schema), key), jobConfigSchema);

const childOf = (schema: unknown, key: PropertyKey): unknown => {
  if (schema instanceof z.ZodArray) return schema.element;
  return schema instanceof z.ZodObject ? schema.shape[key as string] : undefined;
};

/** For a field that takes a scalar or a map, the map: only it has fields. */
const bare = (schema: unknown): unknown => {
  const one = unwrapped(schema);
  return one instanceof z.ZodUnion ? one.options.find((option) => option instanceof z.ZodObject) : one;
};

/** Without optional and default wrappers. */
const unwrapped = (schema: unknown): unknown =>
  schema instanceof z.ZodOptional || schema instanceof z.ZodDefault ? unwrapped(schema.unwrap()) : schema;
