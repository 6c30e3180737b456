// Tolerations of a task's pod, by the API server's rules (core/v1 validation, ValidateTolerations).
import * as z from "zod";
import { checkedText, type Fault, quote, rejectAt, wholeNumber } from "../yaml/scalars.ts";
import { descriptions } from "./descriptions.ts";
import { isLabelValue, isQualifiedName } from "./kubernetes-names.ts";

const checkKey = (key: string): Fault | undefined =>
  isQualifiedName(key)
    ? undefined
    : badToleration(`is ${quote(key)}, which is not a valid taint key`, "Write name or example.com/name.");

const checkValue = (value: string): Fault | undefined =>
  isLabelValue(value)
    ? undefined
    : badToleration(
        `is ${quote(value)}, which is not a valid taint value`,
        "Use letters, digits, `-`, `_` and `.`, at most 63 characters.",
      );

const badToleration = (message: string, fix: string): Fault => ({ code: "bad-toleration", message, fix });

export const toleration = z
  .strictObject({
    key: checkedText(checkKey)
      .optional()
      .register(descriptions, {
        description: "Key of the taint. Without it, and with `operator: Exists`, every taint is tolerated.",
        examples: ["dedicated"],
      }),
    operator: z
      .enum(["Equal", "Exists"])
      .optional()
      .register(descriptions, {
        description: "Equal: the taint must have this `value`; Exists: any value. Default: Equal.",
        examples: ["Equal"],
      }),
    value: checkedText(checkValue)
      .optional()
      .register(descriptions, { description: "Value of the taint.", examples: ["tests"] }),
    effect: z
      .enum(["NoSchedule", "PreferNoSchedule", "NoExecute"])
      .optional()
      .register(descriptions, {
        description: "Effect of the taint; default: every effect.",
        examples: ["NoSchedule"],
      }),
    tolerationSeconds: wholeNumber()
      .optional()
      .register(descriptions, {
        description: "With `effect: NoExecute`: seconds to tolerate the taint; default: forever.",
        examples: [300],
      }),
  })
  .superRefine(({ key, operator, value, effect, tolerationSeconds }, context) => {
    if (!key && operator !== "Exists") rejectAt("key", withoutKey, context);
    if (operator === "Exists" && value) rejectAt("value", valueBesideExists, context);
    if (tolerationSeconds !== undefined && effect !== "NoExecute") rejectAt("tolerationSeconds", seconds, context);
  });

const withoutKey = badToleration("is missing", "Write the taint's key; only `operator: Exists` works without one.");
const valueBesideExists = badToleration("is set together with `operator: Exists`", "Remove one of the two.");
const seconds = badToleration("is set without `effect: NoExecute`", "Remove it, or add the effect.");

/**
 * As kubectl writes a taint, `key=value:effect`, without the parts that the toleration leaves open. An operator's pattern that matches
 * this text matches every tolerated taint.
 */
export const taintOf = ({ key = "", operator, value = "", effect }: z.output<typeof toleration>): string =>
  `${key}${operator === "Exists" ? "" : `=${value}`}${effect ? `:${effect}` : ""}`;
