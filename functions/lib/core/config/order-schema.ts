// Order, failure handling and retries of tasks. JES has none of these fields.
import * as z from "zod";
import { requiredText, wholeNumber } from "../yaml/scalars.ts";
import { descriptions } from "./descriptions.ts";

/** Shown by editors and the reference page. */
const beyondJes = "job-executor-service refuses this field.";

export const needs = z.array(requiredText()).register(descriptions, {
  description: `Names of tasks of this action that must pass before it starts; [] starts it at once. Default: the previous task. ${beyondJes}`,
  examples: [["Build"]],
});

export const when = z.enum(["success", "failure", "always"]).register(descriptions, {
  description: `When it runs. success: if the tasks it needs passed; failure: only if one of them failed; always: in both cases. Without \`needs\`, failure and always refer to all tasks before it. ${beyondJes}`,
  examples: ["always"],
});

export const onError = z.enum(["fail", "warn", "continue"]).register(descriptions, {
  description: `Effect of its failure. fail: the run fails; warn: the run continues and ends with a warning; continue: the run continues as if the task had passed. ${beyondJes}`,
  examples: ["warn"],
});

/** Kubernetes waits 10 s after the first failure and doubles that after each further one: 10 retries take more than an hour. */
const range = { min: 0, max: 10 };

const exitCodes = z
  .array(wholeNumber({ min: 1, max: 255 }))
  .min(1)
  .max(255)
  .register(descriptions, {
    description: "Retry only after these exit codes; any other exit code fails the task at once.",
    examples: [[75]],
  });

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

export const retries = z.union([wholeNumber(range), retriesInFull]).register(descriptions, {
  description: `Number of retries after a failure. A pod that Kubernetes disrupts (by eviction, for example) is then replaced too, and does not count. ${beyondJes}`,
  examples: [1],
});

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
