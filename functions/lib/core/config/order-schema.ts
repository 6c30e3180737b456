// Order, failure handling and retries of tasks. JES has none of these fields.
import * as z from "zod";
import { requiredText, wholeNumber } from "../yaml/scalars.ts";
import { described, descriptions } from "./descriptions.ts";

/** Shown by editors and the reference page. */
const beyondJes = "job-executor-service refuses this field.";

export const needs = described(
  z.array(requiredText()),
  `Names of tasks of this action that must pass before it starts; [] starts it at once. Default: the previous task. ${beyondJes}`,
  ["Build"],
);

export const when = described(
  z.enum(["success", "failure", "always"]),
  `When it runs. success: if the tasks it needs passed; failure: only if one of them failed; always: in both cases. Without \`needs\`, failure and always refer to all tasks before it. ${beyondJes}`,
  "always",
);

export const onError = described(
  z.enum(["fail", "warn", "continue"]),
  `Effect of its failure. fail: the run fails; warn: the run continues and ends with a warning; continue: the run continues as if the task had passed. ${beyondJes}`,
  "warn",
);

/** Kubernetes waits 10 s after the first failure and doubles that after each further one: 10 retries take more than an hour. */
const range = { min: 0, max: 10 };

const exitCodes = described(
  z
    .array(wholeNumber({ min: 1, max: 255 }))
    .min(1)
    .max(255),
  "Retry only after these exit codes; any other exit code fails the task at once.",
  [75],
);

const retriesInFull = z.strictObject({
  limit: wholeNumber(range).register(descriptions, {
    type: "integer",
    minimum: range.min,
    maximum: range.max,
    description:
      "Number of retries after a failure; 0: only a pod that Kubernetes disrupted (by eviction, for example) is replaced.",
    examples: [2],
  }),
  exitCodes: exitCodes.optional(),
});

export const retries = described(
  z.union([wholeNumber(range), retriesInFull]),
  `Number of retries after a failure. A pod that Kubernetes disrupts (by eviction, for example) is then replaced too, and does not count. ${beyondJes}`,
  1,
);

export interface Retries {
  readonly limit: number;
  /** Ascending, without duplicates. If absent, every failure is retried. */
  readonly exitCodes?: readonly number[];
}

/** @returns undefined: the task never runs twice */
export const retriesOf = (given: z.output<typeof retries> | undefined): Retries | undefined => {
  if (given === undefined) return undefined;
  if (typeof given === "number") return { limit: given };
  const codes = [...new Set(given.exitCodes)].sort((a, b) => a - b);
  return { limit: given.limit, ...(codes.length > 0 ? { exitCodes: codes } : {}) };
};
