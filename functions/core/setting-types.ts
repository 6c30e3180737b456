// The types that a setting's text can have.
import * as z from "zod";

export const text = (fallback?: string) =>
  fallback === undefined ? z.string().optional() : z.string().default(fallback);

export const requiredText = (fallback: string) => z.string().min(1).default(fallback);

export const whole = (fallback: number, min = 0) =>
  z
    .string()
    .regex(/^\d+$/, "is not a whole number")
    .transform(Number)
    .refine((n) => Number.isSafeInteger(n) && n >= min, `must be at least ${min}`)
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
    .default(fallback);

/** A Kubernetes quantity of whole bytes; see bytesOf in files.ts. */
const sizePattern = /^[1-9]\d{0,9}(k|M|G|Ki|Mi|Gi)?$/;

export const size = (given: z.ZodString) => given.regex(sizePattern, "is not a size such as 20Mi");

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
    .default(fallback);
