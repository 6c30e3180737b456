// Descriptions and examples of the job config's fields, for people and editors.
import * as z from "zod";

/** Fields are added to it: zod's `meta` would copy each schema, which slows down every cold start. */
export const descriptions = z.registry<z.core.JSONSchemaMeta>();

export const described = <T extends z.ZodType>(field: T, description: string, ...examples: unknown[]): T => {
  descriptions.add(field, { description, examples });
  return field;
};

export const optional = <T extends z.ZodType>(field: T, description: string, ...examples: unknown[]) =>
  described(field.optional(), description, ...examples);
