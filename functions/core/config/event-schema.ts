// Which events an action is for.
import * as z from "zod";
import { descriptions } from "./descriptions.ts";
import { checkPath } from "./jsonpath.ts";
import { checkPattern } from "./pattern.ts";
import { checkedText, text } from "./scalars.ts";

const jsonpath = z
  .strictObject({
    property: checkedText(checkPath)
      .optional()
      .register(descriptions, {
        description:
          "JSONPath into the event {id, type, source, time, data, shkeptncontext, specversion, gitcommitid}.",
        examples: ["$.data.test.teststrategy"],
      }),
    match: text()
      .default("")
      .register(descriptions, {
        description: "The value that must stand there; numbers, true and false as JSON writes them.",
        examples: ["locust"],
      }),
  })
  .register(descriptions, {
    description: "Narrows the event down by a value in it.",
    examples: [{ property: "$.data.test.teststrategy", match: "locust" }],
  });

export const eventFilter = z.strictObject({
  name: checkedText(checkPattern)
    .min(1)
    .register(descriptions, {
      description: "RE2 pattern that is looked for anywhere in the event's type.",
      examples: ["sh.keptn.event.test.triggered", "sh.keptn.event.*.triggered"],
    }),
  jsonpath: jsonpath.optional(),
});
