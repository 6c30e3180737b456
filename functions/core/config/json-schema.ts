// The JSON Schema of the job config, made from the one definition of it, for editors.
import * as z from "zod";
import { descriptions } from "./descriptions.ts";
import { jobConfigSchema } from "./schema.ts";

/** Draft 2020-12. Where a text is wanted, numbers and booleans are good too: YAML would read `1.10` as one. */
export const makeJsonSchema = (): Record<string, unknown> =>
  z.toJSONSchema(jobConfigSchema, {
    io: "input",
    target: "draft-2020-12",
    metadata: descriptions,
    // zod leaves out examples where a text becomes something else.
    override: ({ zodSchema, jsonSchema }) => {
      const { examples } = descriptions.get(zodSchema) ?? {};
      if (examples) jsonSchema.examples = examples as unknown[];
    },
  }) as Record<string, unknown>;
