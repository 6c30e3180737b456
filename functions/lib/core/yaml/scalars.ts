// Reads YAML scalars as text, numbers or booleans, as Go's yaml.v2 does.
import * as z from "zod";
import { descriptions } from "../config/descriptions.ts";

export interface Fault {
  /** Stable and greppable: see {@link Problem}. */
  readonly code: string;
  /** Continues the sentence after the field's name: "is not a quantity". */
  readonly message: string;
  readonly fix: string;
}

/** Reports a fault of the value. */
export const reject = (context: z.RefinementCtx, fault: Fault): void => rejectAt([], fault, context);

/** Reports a fault of a value inside a map. */
export const rejectAt = (path: PropertyKey | PropertyKey[], fault: Fault, context: z.RefinementCtx): void => {
  const { code, message, fix } = fault;
  context.addIssue({ code: "custom", message, params: { code, fix }, path: [path].flat() });
};

/** @param fault `what`: a noun with its article, "a valid namespace" */
export const mustBe =
  (isValid: (value: string) => boolean, { code, what, fix }: Omit<Fault, "message"> & { readonly what: string }) =>
  (value: string): Fault | undefined =>
    isValid(value) ? undefined : { code, message: `is ${quote(value)}, which is not ${what}`, fix };

/** Any scalar, as written: `1.10` is "1.10". */
export const text = () => z.string().register(descriptions, { type: ["string", "number", "boolean"] });

export const requiredText = () => text().min(1);

/** @param check returns the fault of a value, if any; an empty value counts as not given */
export const checkedText = (check: (value: string) => Fault | undefined) =>
  text().superRefine((value, context) => {
    const fault = value === "" ? undefined : check(value);
    if (fault) reject(context, fault);
  });

/** YAML 1.1: also yes, no, on, off, y, n. */
export const yesOrNo = () =>
  z
    .string()
    .transform((value, context) => {
      if (/^(y|Y|yes|Yes|YES|true|True|TRUE|on|On|ON)$/.test(value)) return true;
      if (/^(n|N|no|No|NO|false|False|FALSE|off|Off|OFF)$/.test(value)) return false;
      reject(context, {
        code: "wrong-type",
        message: `is ${quote(value)}, not true or false`,
        fix: "Write true or false.",
      });
      return z.NEVER;
    })
    .register(descriptions, { type: "boolean" });

export const wholeNumber = (range: { readonly min?: number; readonly max?: number } = {}) => {
  const { min = Number.MIN_SAFE_INTEGER, max = Number.MAX_SAFE_INTEGER } = range;
  return z
    .string()
    .transform((value, context) => {
      const number = parseWhole(value);
      if (number !== undefined && number >= min && number <= max) return number;
      const fault = number === undefined ? `is ${quote(value)}, not a whole number` : `is ${value}, out of range`;
      const code = number === undefined ? "wrong-type" : "out-of-range";
      reject(context, { code, message: fault, fix: `Write a whole number${rangeText(range)}.` });
      return z.NEVER;
    })
    .register(descriptions, {
      type: "integer",
      ...("min" in range ? { minimum: min } : {}),
      ...("max" in range ? { maximum: max } : {}),
    });
};

const rangeText = ({ min, max }: { readonly min?: number; readonly max?: number }): string => {
  if (min !== undefined && max !== undefined) return ` from ${min} to ${max}`;
  return min === undefined ? "" : ` of at least ${min}`;
};

/** @returns undefined if yaml.v2 would not decode it as an int; like yaml.v2, it truncates fractions */
export const parseWhole = (value: string): number | undefined => {
  const plain = value.replaceAll("_", "");
  if (/^[-+]?0[0-7]+$/.test(plain)) return Number.parseInt(plain, 8);
  const [, sign, prefixed] = /^([-+]?)(0[xob][0-9a-f]+)$/i.exec(plain) ?? [];
  if (prefixed) return finite(Number(prefixed) * (sign === "-" ? -1 : 1));
  if (!/^[-+]?(\.\d+|\d+(\.\d*)?)(e[-+]?\d+)?$/i.test(plain)) return undefined;
  return finite(Math.trunc(Number(plain)));
};

const finite = (value: number): number | undefined => (Number.isNaN(value) ? undefined : value + 0);

/** Quotes a config value for a message, cut to a readable length. */
export const quote = (value: string): string => JSON.stringify(value.length > 60 ? `${value.slice(0, 57)}...` : value);
