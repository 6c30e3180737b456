// A toleration of a task's pod, by the API server's rules (core/v1 validation, ValidateTolerations).
import * as z from "zod";
import { descriptions } from "./descriptions.ts";
import { isLabelValue, isQualifiedName } from "./kubernetes-names.ts";
import { checkedText, type Fault, quote, rejectAt, wholeNumber } from "./scalars.ts";

const checkKey = (key: string): Fault | undefined =>
  isQualifiedName(key)
    ? undefined
    : badToleration(`is ${quote(key)}, which is no key of a taint`, "Write name or example.com/name.");

const checkValue = (value: string): Fault | undefined =>
  isLabelValue(value)
    ? undefined
    : badToleration(
        `is ${quote(value)}, which is no value of a taint`,
        "Use letters, digits, `-`, `_` and `.`, at most 63.",
      );

const badToleration = (message: string, fix: string): Fault => ({ code: "bad-toleration", message, fix });

export const toleration = z
  .strictObject({
    key: checkedText(checkKey)
      .optional()
      .register(descriptions, {
        description: "Key of the taint; every one if not given, with `operator: Exists`.",
        examples: ["dedicated"],
      }),
    operator: z
      .enum(["Equal", "Exists"])
      .optional()
      .register(descriptions, {
        description: "Equal: the taint has this `value`; Exists: any. Equal if not given.",
        examples: ["Equal"],
      }),
    value: checkedText(checkValue)
      .optional()
      .register(descriptions, { description: "Value of the taint.", examples: ["tests"] }),
    effect: z
      .enum(["NoSchedule", "PreferNoSchedule", "NoExecute"])
      .optional()
      .register(descriptions, {
        description: "Effect of the taint; every one if not given.",
        examples: ["NoSchedule"],
      }),
    tolerationSeconds: wholeNumber()
      .optional()
      .register(descriptions, {
        description: "With `effect: NoExecute`: for how long; for ever if not given.",
        examples: [300],
      }),
  })
  .superRefine(({ key, operator, value, effect, tolerationSeconds }, context) => {
    if (!key && operator !== "Exists") rejectAt("key", withoutKey, context);
    if (operator === "Exists" && value) rejectAt("value", valueBesideExists, context);
    if (tolerationSeconds !== undefined && effect !== "NoExecute") rejectAt("tolerationSeconds", seconds, context);
  });

const withoutKey = badToleration("is missing", "Write the taint's key; every key goes with `operator: Exists`.");
const valueBesideExists = badToleration("stands beside `operator: Exists`", "Remove one of the two.");
const seconds = badToleration("stands without `effect: NoExecute`", "Remove it, or write the effect.");

/**
 * As kubectl writes a taint: `key=value:effect`, without what the toleration leaves open. An operator's pattern that fits this text
 * fits every taint that is tolerated.
 */
export const taintOf = ({ key = "", operator, value = "", effect }: z.output<typeof toleration>): string =>
  `${key}${operator === "Exists" ? "" : `=${value}`}${effect ? `:${effect}` : ""}`;
