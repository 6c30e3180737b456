// Tolerations of a task's pod, by the API server's rules (core/v1 validation, ValidateTolerations).
import * as z from "zod";
import { checkedText, type Fault, mustBe, rejectAt, wholeNumber } from "../yaml/scalars.ts";
import { optional } from "./descriptions.ts";
import { isLabelValue, isQualifiedName } from "./kubernetes-names.ts";

const code = "bad-toleration";

const checkKey = mustBe(isQualifiedName, { code, what: "a valid taint key", fix: "Write name or example.com/name." });

const checkValue = mustBe(isLabelValue, {
  code,
  what: "a valid taint value",
  fix: "Use letters, digits, `-`, `_` and `.`, at most 63 characters.",
});

const badToleration = (message: string, fix: string): Fault => ({ code, message, fix });

export const toleration = z
  .strictObject({
    key: optional(
      checkedText(checkKey),
      "Key of the taint. Without it, and with `operator: Exists`, every taint is tolerated.",
      "dedicated",
    ),
    operator: optional(
      z.enum(["Equal", "Exists"]),
      "Equal: the taint must have this `value`; Exists: any value. Default: Equal.",
      "Equal",
    ),
    value: optional(checkedText(checkValue), "Value of the taint.", "tests"),
    effect: optional(
      z.enum(["NoSchedule", "PreferNoSchedule", "NoExecute"]),
      "Effect of the taint; default: every effect.",
      "NoSchedule",
    ),
    tolerationSeconds: optional(
      wholeNumber(),
      "With `effect: NoExecute`: seconds to tolerate the taint; default: forever.",
      300,
    ),
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
