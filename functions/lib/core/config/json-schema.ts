// JSON Schemas generated from zod's definitions, above all of the job config, for editors.
import * as z from "zod";
import { descriptions } from "./descriptions.ts";
import { jobConfigSchema } from "./schema.ts";

export const makeJsonSchema = (): Record<string, unknown> => toJsonSchema(jobConfigSchema);

/** Draft 2020-12. Text fields also accept numbers and booleans: YAML would read `1.10` as a number. */
export const toJsonSchema = (schema: z.ZodType): Record<string, unknown> =>
  z.toJSONSchema(schema, {
    io: "input",
    target: "draft-2020-12",
    metadata: descriptions,
    // zod omits the examples of schemas with a transform.
    override: ({ zodSchema, jsonSchema }) => {
      const { examples } = descriptions.get(zodSchema) ?? {};
      if (examples) jsonSchema.examples = examples as unknown[];
    },
  }) as Record<string, unknown>;
