// JSON Schema of the job config for editors, generated from its only definition.
import * as z from "zod";
import { descriptions } from "./descriptions.ts";
import { jobConfigSchema } from "./schema.ts";

/** Draft 2020-12. Text fields also accept numbers and booleans: YAML would read `1.10` as a number. */
export const makeJsonSchema = (): Record<string, unknown> =>
  z.toJSONSchema(jobConfigSchema, {
    io: "input",
    target: "draft-2020-12",
    metadata: descriptions,
    // zod omits the examples of schemas with a transform.
    override: ({ zodSchema, jsonSchema }) => {
      const { examples } = descriptions.get(zodSchema) ?? {};
      if (examples) jsonSchema.examples = examples as unknown[];
    },
  }) as Record<string, unknown>;
