// Event filters of an action.
import * as z from "zod";
import { checkPath } from "../jsonpath/jsonpath.ts";
import { checkedText, text } from "../yaml/scalars.ts";
import { described, optional } from "./descriptions.ts";
import { checkPattern } from "./pattern.ts";

const jsonpath = described(
  z.strictObject({
    property: optional(
      checkedText(checkPath),
      "JSONPath into the event {id, type, source, time, data, shkeptncontext, specversion, gitcommitid}.",
      "$.data.test.teststrategy",
    ),
    match: described(
      text().default(""),
      "The value that `property` must have; numbers, true and false as in JSON.",
      "locust",
    ),
  }),
  "Matches only events with this value.",
  { property: "$.data.test.teststrategy", match: "locust" },
);

export const eventFilter = z.strictObject({
  name: described(
    checkedText(checkPattern).min(1),
    "RE2 pattern, matched anywhere in the event's type.",
    "sh.keptn.event.test.triggered",
    "sh.keptn.event.*.triggered",
  ),
  jsonpath: jsonpath.optional(),
});
