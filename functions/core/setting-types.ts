// The types that a setting's text can have.
import * as z from "zod";

/** Says in docs/reference/settings.md what may be written. */
export const kind = (words: string): { readonly kind: string } => ({ kind: words });

const plain = () => z.string().meta(kind("text"));

export const text = (fallback?: string) => (fallback === undefined ? plain().optional() : plain().default(fallback));

export const requiredText = (fallback: string) => plain().min(1).default(fallback);

export const whole = (fallback: number, min = 0) =>
  z
    .string()
    .regex(/^\d+$/, "is not a whole number")
    .transform(Number)
    .refine((n) => Number.isSafeInteger(n) && n >= min, `must be at least ${min}`)
    .meta(kind(min > 0 ? `whole number, at least ${min}` : "whole number"))
    .default(fallback);

export const flag = (fallback: boolean) =>
  z
    .string()
    .transform((value, context) => {
      if (/^(1|t|true)$/i.test(value)) return true; // Go's strconv.ParseBool, which JES's envconfig uses
      if (/^(0|f|false)$/i.test(value)) return false;
      context.addIssue({ code: "custom", message: "must be true or false" });
      return z.NEVER;
    })
    .meta(kind("true or false"))
    .default(fallback);

/** A Kubernetes quantity of whole bytes; see bytesOf in files.ts. */
const sizePattern = /^[1-9]\d{0,9}(k|M|G|Ki|Mi|Gi)?$/;

export const size = (given: z.ZodString) =>
  given.regex(sizePattern, "is not a size such as 20Mi").meta(kind("size: 500k, 20Mi"));

/** Comma separated, entries trimmed, empty ones dropped. */
export const list = (fallback: string[] = []) =>
  z
    .string()
    .transform((value) =>
      value
        .split(",")
        .map((entry) => entry.trim())
        .filter((entry) => entry !== ""),
    )
    .meta(kind("list"))
    .default(fallback);
