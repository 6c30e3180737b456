// Event filters of an action.
import * as z from "zod";
import { checkPath } from "../jsonpath/jsonpath.ts";
import { checkedText, text } from "../yaml/scalars.ts";
import { descriptions } from "./descriptions.ts";
import { checkPattern } from "./pattern.ts";

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
        description: "The value that `property` must have; numbers, true and false as in JSON.",
        examples: ["locust"],
      }),
  })
  .register(descriptions, {
    description: "Matches only events with this value.",
    examples: [{ property: "$.data.test.teststrategy", match: "locust" }],
  });

export const eventFilter = z.strictObject({
  name: checkedText(checkPattern)
    .min(1)
    .register(descriptions, {
      description: "RE2 pattern, matched anywhere in the event's type.",
      examples: ["sh.keptn.event.test.triggered", "sh.keptn.event.*.triggered"],
    }),
  jsonpath: jsonpath.optional(),
});
