// The environment variables that a task asks for.
import * as z from "zod";
import { descriptions } from "./descriptions.ts";
import { checkPath } from "./jsonpath.ts";
import { checkEnvName, checkSecretName } from "./kubernetes-names.ts";
import { type Fault, quote, rejectAt, requiredText, text } from "./scalars.ts";

export const envEntry = z
  .strictObject({
    name: requiredText().register(descriptions, {
      description: "Name of the variable; with `valueFrom: secret` the name of the Secret.",
      examples: ["HOST"],
    }),
    value: text()
      .default("")
      .register(descriptions, {
        description: "With `valueFrom: string` the value, with `valueFrom: event` a JSONPath into the event.",
        examples: ["$.data.deployment.deploymentURIsLocal[0]"],
      }),
    valueFrom: z.enum(["event", "secret", "string"]).register(descriptions, {
      description:
        "Where the value comes from: the event, a Secret (each of its keys becomes a variable), or `value` itself.",
      examples: ["event"],
    }),
    as: text()
      .optional()
      .register(descriptions, {
        description:
          "With `valueFrom: event`: write the value as json or yaml. Without it a text stays as it is, all else is JSON.",
        examples: ["json"],
      }),
  })
  .superRefine((entry, context) => checkEntry(entry, context), {
    when: ({ value }) => typeof value === "object" && value !== null,
  });

type Entry = Partial<Record<"name" | "value" | "valueFrom", string>> & { readonly as?: string | undefined };

/** Runs beside other faults of the entry, so that all are said at once. */
const checkEntry = ({ name, value = "", valueFrom, as = "" }: Entry, context: z.RefinementCtx): void => {
  const nameFault = valueFrom === "secret" ? checkSecretName : checkEnvName;
  if (name) rejectIf("name", nameFault(name), context);
  if (typeof as === "string" && !/^(json|yaml|string|)$/i.test(as)) rejectAt("as", unknownFormat(as), context);
  if (valueFrom === "event") rejectIf("value", value === "" ? missingPath : checkPath(value), context);
};

const rejectIf = (key: string, fault: Fault | undefined, context: z.RefinementCtx): void => {
  if (fault) rejectAt(key, fault, context);
};

const missingPath: Fault = {
  code: "missing-value",
  message: "is missing",
  fix: "With `valueFrom: event`, write a JSONPath such as $.data.project.",
};

const unknownFormat = (as: string): Fault => ({
  code: "unknown-format",
  message: `is ${quote(as)}, which is no format`,
  fix: "Write json or yaml, or leave it out.",
});
